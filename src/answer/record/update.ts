import { setTimeout as sleep } from 'node:timers/promises'
import { jsonObject, type KintoResponse } from '../../kinto/client.ts'
import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import { recordPath } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import { isVerb, type Decision, type KnownDecision } from './decision.ts'
import type { Log } from '../../log.ts'
import type { RecordReader } from './reader.ts'
import type { Reading } from './reading.ts'

/** Who writes a record: the service's own account where there is one, else the caller. */
export interface Writers {
  session: KintoSession
  /** Who writes it where Kinto does not let the first. */
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

/** A decision to be written into its record, as it was last read. */
export interface Recording {
  reading: Reading
  /** The token that was answered. Undefined where the history tells of a record without one. */
  taskToken: string | undefined
  decision: KnownDecision
}

/** Kinto did not take the change. `refused` is the status of an answer that will not change by itself. Its text may quote a token, so it is left out. */
export class NotRecorded extends Error {
  override readonly name = 'NotRecorded'
  readonly refused: number | undefined

  constructor(response: KintoResponse | undefined, cause?: unknown) {
    super(response === undefined ? 'Kinto did not answer.' : `Kinto answered ${response.status}.`, {
      cause
    })
    this.refused =
      response !== undefined && response.status < 500 && !passing.has(response.status)
        ? response.status
        : undefined
  }
}

// Kinto says so when two changes met (`Integrity constraint violated, please retry`), proxies when there is too much to do.
const passing = new Set([408, 409, 429])

// Long enough for a restart of Kinto behind its load balancer, short enough for a person who waits.
const retryForMs = 10_000
const firstPauseMs = 100
const longestPauseMs = 2_000

/**
 * What was written is looked at again after this time: on PostgreSQL, of two changes of one record at the same time both are
 * answered with 200, and one is lost.
 */
export const lookAgainMs = 500

// Somebody may change the record without pause: so often it is read and tried anew, whatever time is left.
const mostChanges = 5

/** What became of a recording. `moved on`: the record asks something else by now, and is left as it is. */
export type Recorded = KintoResponse | NotRecorded | 'moved on'

/**
 * Writes a decision into the record whose token was answered, and into no other question that may stand there by now. Tries again
 * for 10 s, or as long as `timeLeft()` (milliseconds) gives, while Kinto is not there or others change the record.
 */
export async function recordDecision(
  writers: Writers,
  recording: Recording,
  reader: RecordReader,
  timeLeft: () => number
): Promise<Recorded> {
  const { taskToken, decision } = recording
  const end = Date.now() + Math.min(retryForMs, timeLeft())
  let { reading } = recording
  for (let pause = firstPauseMs, changes = 0; reading.taskToken === taskToken;) {
    const current = reading
    const receipt =
      taskToken === undefined ? undefined : reader.receipt(current, taskToken, decision)
    const response = await attempt(writers, session =>
      writeDecision(session, current, decision, receipt)
    )
    const existing = existingIn(response)
    if (existing !== undefined && (changes < mostChanges || Date.now() < end)) {
      changes += 1
      reading = reader.read(current.ref, existing)
      continue
    }
    const outcome =
      response instanceof NotRecorded || response.status === 200
        ? response
        : new NotRecorded(response)
    if (
      !(outcome instanceof NotRecorded) ||
      outcome.refused !== undefined ||
      Date.now() + pause > end
    )
      return outcome
    await sleep(pause * (0.5 + Math.random() / 2))
    pause = Math.min(2 * pause, longestPauseMs)
  }
  return 'moved on'
}

/** Changes fields of a record, on the condition that it is as it was read. @returns Kinto's 200 or 412, or why there is none */
export async function patchRecord(
  writers: Writers,
  { ref, data: before }: Pick<Reading, 'ref' | 'data'>,
  data: JsonObject
): Promise<KintoResponse | NotRecorded> {
  return await attempt(writers, session =>
    session.patch(recordPath(ref), { data, ...versionOf(before) })
  )
}

/** The record in Kinto's 412, as it is now. */
export function existingIn(response: KintoResponse | NotRecorded): JsonObject | undefined {
  if (response instanceof NotRecorded || response.status !== 412) return undefined
  const { details } = jsonObject(response)
  const existing = isJsonObject(details) ? details['existing'] : undefined
  return isJsonObject(existing) ? existing : undefined
}

/** Where the collection's schema refuses the receipt it is left out, then all but `status`. */
async function writeDecision(
  session: KintoSession,
  { ref, data: before }: Reading,
  decision: KnownDecision,
  receipt: string | undefined
): Promise<KintoResponse> {
  const { answer: status, answeredBy, answeredAt, comment } = decision
  // An earlier decision's comment must not pass for this one's; only a merge patch (RFC 7396) can take a field away.
  const stale =
    comment === undefined && before['comment'] !== undefined && before['answeredBy'] !== undefined
  const words = { status, answeredBy, answeredAt, comment: stale ? null : comment }
  const contentType = stale ? 'application/merge-patch+json' : 'application/json'
  const condition = versionOf(before)
  const attempts = [
    ...(receipt === undefined
      ? []
      : [{ data: { ...words, answerReceipt: receipt }, contentType, ...condition }]),
    { data: words, contentType, ...condition }
  ]
  for (const sending of attempts) {
    const response = await session.patch(recordPath(ref), sending)
    if (response.status !== 400) return response
  }
  return await session.patch(recordPath(ref), { data: { status }, ...condition })
}

/** The condition that a record is as it was read. Kinto takes whole numbers only, and takes no notice of 0 (`kinto/core/resource/__init__.py`, _raise_412_if_modified). */
export function versionOf({ last_modified: version }: JsonObject): { ifMatch?: string } {
  const text = JSON.stringify(version)
  return /^[1-9]\d*$/.test(text) ? { ifMatch: `"${text}"` } : {}
}

async function attempt(
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

/** @throws KintoUnreachable when the answer is not Kinto's. */
function taken(response: KintoResponse): KintoResponse | NotRecorded {
  if (response.status !== 200 && response.status !== 412) return new NotRecorded(response)
  jsonObject(response)
  return response
}

/** Whether a record shows a decision. Beside a receipt only the other decision's `status` is a lie: a workflow may have gone on, and an operator set it back. */
export function isRecorded({ data: { status }, decision }: Reading, { answer }: Decision): boolean {
  return decision?.answer === answer && (!isVerb(status) || status === answer)
}
