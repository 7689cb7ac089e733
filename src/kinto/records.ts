import { jsonObject, KintoRefusal, type KintoResponse } from './client.ts'
import { invalid, unavailable } from './errors.ts'
import { isJsonObject, mostDepth, weighJson, type JsonObject } from './json.ts'
import { recordPath, type RecordRef } from './paths.ts'
import type { KintoSession } from './session.ts'

/** A record as Kinto shows it to a caller who may read it. */
export interface FetchedRecord {
  data: JsonObject
  permissions: JsonObject
  response: KintoResponse
}

/** The largest responses of Kinto that are parsed for a record. */
export interface RecordBounds {
  maxBytes: number
  maxValues: number
}

/**
 * Fetches the record as the caller: the body that Kinto shows them.
 * @throws KintoRefusal with any response but 200, to be relayed
 * @throws Refusal 400 for a response over the bounds, which is not parsed
 */
export async function fetchRecord(
  session: KintoSession,
  ref: RecordRef,
  bounds: RecordBounds
): Promise<FetchedRecord> {
  const response = await session.get(recordPath(ref))
  if (response.status !== 200) throw new KintoRefusal(response)
  requireParsable(response, bounds)
  const { data, permissions } = jsonObject(response)
  if (!isJsonObject(data)) throw unavailable('Kinto answered without a record.', { retryAfter: 1 })
  return { data, permissions: isJsonObject(permissions) ? permissions : {}, response }
}

/**
 * Whether a response that shows a record is within the bounds: a larger or deeper one could not be
 * parsed, or would take too long.
 */
export function isParsable(
  { body }: KintoResponse,
  { maxBytes, maxValues }: RecordBounds
): boolean {
  if (body.length > maxBytes) return false
  const { values, depth } = weighJson(body)
  return values <= maxValues && depth <= mostDepth
}

/**
 * Refuses a record that is too large or too deep to have been asked here.
 * @throws Refusal 400
 */
export function requireParsable(response: KintoResponse, bounds: RecordBounds): void {
  if (!isParsable(response, bounds)) {
    throw invalid('record', 'taskToken', 'The record is too large to hold a question.')
  }
}
