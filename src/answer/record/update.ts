import { jsonObject, type KintoResponse } from '../../kinto/client.ts'
import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import { recordPath } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import type { Log } from '../../log.ts'
import type { Reading } from './reading.ts'
import { refusedFields } from './refused-fields.ts'

/** The account that writes a record: the service's own where there is one, else the caller's. */
export interface Writers {
  session: KintoSession
  /** Writes the record if Kinto does not let the first. */
  fallback?: KintoSession
  log: Log
}

/** The service's own account where there is one, and the caller. */
export function writersOf(
  serviceAccount: KintoSession | undefined,
  caller: KintoSession,
  log: Log
): Writers {
  return serviceAccount === undefined
    ? { session: caller, log }
    : { session: serviceAccount, fallback: caller, log }
}

/**
 * Kinto did not take the change. `refused` is the status of a response that will not change by
 * itself: somebody has to mend a schema, a right or a quota first. The text of the response may
 * quote a token, so only fields are named.
 */
export class NotRecorded extends Error {
  override readonly name = 'NotRecorded'
  readonly refused: number | undefined

  constructor(response: KintoResponse | undefined, cause?: unknown) {
    super(response === undefined ? 'Kinto did not answer.' : said(response), { cause })
    this.refused = response !== undefined && isLasting(response) ? response.status : undefined
  }

  /** Whether there is no such record any more. */
  get isGone(): boolean {
    return this.refused === 404
  }

  /** Whether Kinto refused what was written: another change of the record it may well take. */
  get isOfContent(): boolean {
    return this.refused === 400
  }
}

// Kinto sends 409 when two changes met (`Integrity constraint violated, please retry`). Proxies
// send the others when there is too much to do.
const passing = new Set([408, 409, 429])

// Kinto's quota is used up (`kinto/plugins/quotas`).
const noRoom = 507

function isLasting({ status }: KintoResponse): boolean {
  return status === noRoom || (status < 500 && !passing.has(status))
}

function said(response: KintoResponse): string {
  const fields = response.status === 400 ? refusedFields(response) : undefined
  return `Kinto answered ${response.status}${fields === undefined ? '' : `: ${fields}`}.`
}

/**
 * After this time a record is looked at again. On PostgreSQL, two changes of one record at the same
 * time both get 200, and one of them is lost.
 */
export const lookAgainMs = 500

/**
 * Changes fields of a record, on the condition that it is as it was read. With `null` a field is
 * taken away, by a merge patch (RFC 7396).
 * @returns Kinto's 200 or 412, or why there is none
 */
export async function patchRecord(
  writers: Writers,
  { ref, data: before }: Pick<Reading, 'ref' | 'data'>,
  data: JsonObject
): Promise<KintoResponse | NotRecorded> {
  return await attempt(writers, session =>
    session.patch(recordPath(ref), { data, contentType: typeOf(data), ...versionOf(before) })
  )
}

function typeOf(data: JsonObject): string {
  return Object.values(data).includes(null) ? 'application/merge-patch+json' : 'application/json'
}

/** The record in Kinto's 412, as it is now. */
export function existingIn(response: KintoResponse | NotRecorded): JsonObject | undefined {
  if (response instanceof NotRecorded || response.status !== 412) return undefined
  const { details } = jsonObject(response)
  const existing = isJsonObject(details) ? details['existing'] : undefined
  return isJsonObject(existing) ? existing : undefined
}

/**
 * The condition that a record is as it was read. Kinto takes whole numbers only, and ignores 0
 * (`kinto/core/resource/__init__.py`, _raise_412_if_modified).
 */
export function versionOf({ last_modified: version }: JsonObject): { ifMatch?: string } {
  const text = JSON.stringify(version)
  return /^[1-9]\d*$/.test(text) ? { ifMatch: `"${text}"` } : {}
}

/**
 * Writes as the first account, or as the fallback if Kinto refuses the first.
 * @returns Kinto's 200 or 412, or why there is none
 */
export async function attempt(
  { session, fallback, log }: Writers,
  write: (session: KintoSession) => Promise<KintoResponse>
): Promise<KintoResponse | NotRecorded> {
  try {
    const response = await write(session)
    if (fallback === undefined || ![401, 403, 404].includes(response.status)) return taken(response)
    log.warn(
      { status: response.status },
      'Kinto refused the account of kinto_authorization: the record is written as the caller'
    )
    return taken(await write(fallback))
  } catch (error) {
    return new NotRecorded(undefined, error)
  }
}

/** @throws KintoUnreachable when the response is not Kinto's */
function taken(response: KintoResponse): KintoResponse | NotRecorded {
  if (response.status !== 200 && response.status !== 412) return new NotRecorded(response)
  jsonObject(response)
  return response
}
