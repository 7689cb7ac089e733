import { changedFields, isPending, mayTouch } from '../../answer/guarded.ts'
import { fetchRecord, proveWrite } from '../../answer/permission.ts'
import { readIfMatch } from '../../answer/request.ts'
import { jsonObject, KintoAnswered } from '../../kinto/client.ts'
import { forbidden, modifiedMeanwhile, unavailable, type Refusal } from '../../kinto/errors.ts'
import { headerValues } from '../../kinto/headers.ts'
import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import { recordPath, recordsPath, type RecordRef } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import { decodedPath } from '../classify.ts'
import { readWrite } from './write.ts'

/** A client's write, as a value. */
export interface WriteExchange {
  method: string
  /** In origin form, as received, query included. */
  target: string
  /** A flat list, those that the pass-through would send. */
  headers: string[]
  body: Uint8Array
}

/** Headers that bind a write to what was looked at, in place of the client's own: a flat list. */
export type Conditions = string[]

/** What the caller may not see they may not write, and what does not exist they may create if Kinto lets them. */
export const createOnly: Conditions = ['If-None-Match', '*']

/** To a caller whose write was bound to `createOnly`, in place of Kinto's 412, which would show them the record. */
export function existsAlready (): Refusal {
  return forbidden('This user cannot access this resource.')
}

const decide = "To decide, POST {\"answer\": \"SUCCEED\"} or \"FAIL\" to the record's /stepfunction."

/** Whether the write of a record could bear on its step: all else needs no look at the record. @throws Refusal 400, 415 for a body that cannot be read */
export function needsLook ({ method, headers, body }: WriteExchange): boolean {
  return method === 'DELETE' || mayTouch(readWrite(method, headers, body))
}

/**
 * Judges the write of a record by a caller who may not write the collection: what says which step it is for, and what became of
 * it, is not theirs to change, nor may they delete a record whose step waits.
 * @throws Refusal 403, 412; KintoAnswered with Kinto's own refusal
 */
export async function judgeWrite (exchange: WriteExchange, ref: RecordRef, session: KintoSession): Promise<Conditions> {
  const data = await visibleRecord(session, ref)
  if (data === undefined) return wantedVersion(exchange.headers) === undefined ? createOnly : []
  const reason = exchange.method === 'DELETE' ? deletion(isPending(data)) : change(changedFields(readWrite(exchange.method, exchange.headers, exchange.body), data))
  if (reason === undefined) return boundTo(JSON.stringify(data['last_modified']), exchange.headers, data)
  await proveWrite(session, ref)
  throw forbidden(reason)
}

/** Judges the deletion of several records at once, in the same way. @throws Refusal 403, 412; KintoAnswered */
export async function judgeDeletion ({ target, headers }: WriteExchange, ref: Omit<RecordRef, 'record'>, session: KintoSession): Promise<Conditions> {
  const answer = await session.get(recordsPath(ref, undecided(target)))
  if (answer.status !== 200) throw new KintoAnswered(answer)
  const listed = [jsonObject(answer)['data']].flat().filter(isJsonObject)
  if (listed.some(isPending) || headerValues(answer.headers, 'next-page').length > 0) throw forbidden('Some of these records wait for an answer, and only who may write the collection can delete those. Leave them out, for instance with ?in_status=SUCCEED,FAIL.')
  const version = readIfMatch(headerValues(answer.headers, 'etag'))
  if (version === undefined) throw unavailable('Kinto does not say which records it would delete.', { retryAfter: 3 })
  return boundTo(version, headers)
}

/**
 * Judges an upload that names a guarded field, by a caller who may not write the collection: only a record that does not exist
 * yet may get one so, if Kinto lets the caller create it. @throws Refusal 403; KintoAnswered
 */
export async function judgeUpload (ref: RecordRef, session: KintoSession): Promise<void> {
  const answer = await session.get(recordPath(ref))
  if (answer.status === 404) return
  await proveWrite(session, ref)
  throw forbidden('An upload may not change what says which step a record is for, or what became of it: leave these fields out of `data`.')
}

async function visibleRecord (session: KintoSession, ref: RecordRef): Promise<JsonObject | undefined> {
  try {
    return (await fetchRecord(session, ref)).data
  } catch (error) {
    if (error instanceof KintoAnswered && [401, 403, 404].includes(error.answer.status)) return undefined
    throw error
  }
}

function deletion (pending: boolean): string | undefined {
  return pending ? `This record waits for an answer, and only who may write the collection can delete it. ${decide}` : undefined
}

function change (fields: string[]): string | undefined {
  return fields.length === 0 ? undefined : `Only who may write the collection can change ${fields.join(', ')} of a record. ${decide} Other fields can be changed.`
}

// Of these Kinto takes no notice (`kinto/core/resource/__init__.py`, _raise_412_if_modified).
const noConditions = new Set(['*', '"0"'])

/** The version that the client binds its write to. @throws Refusal 400 */
function wantedVersion (headers: readonly string[]): string | undefined {
  const values = headerValues(headers, 'if-match')
  return noConditions.has(values.join()) ? undefined : readIfMatch(values)
}

function boundTo (version: string, headers: readonly string[], existing?: unknown): Conditions {
  const wanted = wantedVersion(headers)
  if (wanted !== undefined && wanted !== version) throw modifiedMeanwhile(existing, ['ETag', `"${version}"`])
  return ['If-Match', `"${version}"`]
}

const ofPages = new Set(['_limit', '_token', '_sort', '_fields'])

// All undecided records that the deletion's filters meet. Kinto would delete a page of those that the caller may write, and
// shows pages of those that they may read, so pages do not count; nor do finished records, which could fill one.
function undecided (target: string): string {
  const [, query = ''] = /\?([^#]*)/.exec(target) ?? []
  const filters = query.split('&').filter(part => !ofPages.has(decodedPath(part.replace(/=.*/s, ''))))
  return [...filters, 'exclude_status=SUCCEED,FAIL'].join('&')
}
