import { changedFields, isPending, mayTouch } from '../../answer/guarded.ts'
import { fetchRecord, mayWriteCollection, proveWrite } from '../../answer/permission.ts'
import { readIfMatch } from '../../answer/request.ts'
import { jsonObject, KintoAnswered } from '../../kinto/client.ts'
import { forbidden, modifiedMeanwhile, unavailable } from '../../kinto/errors.ts'
import { headerValues } from '../../kinto/headers.ts'
import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import { recordPath, recordsPath, type RecordRef } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
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
  // What the caller may not see they may not write, and what does not exist they may create if Kinto lets them.
  if (data === undefined) return ['If-None-Match', '*']
  const reason = exchange.method === 'DELETE' ? deletion(isPending(data)) : change(changedFields(readWrite(exchange.method, exchange.headers, exchange.body), data))
  if (reason === undefined) return boundTo(JSON.stringify(data['last_modified']), exchange.headers, data)
  await proveWrite(session, ref)
  throw forbidden(reason)
}

/** Judges the deletion of several records at once, in the same way. @throws Refusal 403, 412; KintoAnswered */
export async function judgeDeletion ({ target, headers }: WriteExchange, ref: Omit<RecordRef, 'record'>, session: KintoSession): Promise<Conditions> {
  const answer = await session.get(recordsPath(ref, queryOf(target)))
  if (answer.status !== 200) throw new KintoAnswered(answer)
  const listed = [jsonObject(answer)['data']].flat().filter(isJsonObject)
  if (listed.some(isPending)) throw forbidden('Some of these records wait for an answer, and only who may write the collection can delete those. Leave them out, for instance with ?in_status=SUCCEED,FAIL.')
  const version = readIfMatch(headerValues(answer.headers, 'etag'))
  if (version === undefined) throw unavailable('Kinto does not say which records it would delete.', { retryAfter: 3 })
  return boundTo(version, headers)
}

/** Whether the fields in an upload to the record are to be looked at: not those of a caller who may write the collection, or create the record. */
export async function mustScan (ref: RecordRef, session: KintoSession): Promise<boolean> {
  const [free, answer] = await Promise.all([mayWriteCollection(session, ref), session.get(recordPath(ref))])
  return !free && answer.status !== 404
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

function boundTo (version: string, headers: readonly string[], existing?: unknown): Conditions {
  const wanted = readIfMatch(headerValues(headers, 'if-match'))
  if (wanted !== undefined && wanted !== version) throw modifiedMeanwhile(existing, ['ETag', `"${version}"`])
  return ['If-Match', `"${version}"`]
}

// With the same query Kinto shows what it would delete, but of each record only what `_fields` names.
function queryOf (target: string): string {
  const [, query = ''] = /\?([^#]*)/.exec(target) ?? []
  return query.split('&').filter(part => !/^(_|%5f)(f|%66)/i.test(part)).join('&')
}
