import type { KintoResponse } from '../../kinto/client.ts'
import type { JsonObject } from '../../kinto/json.ts'
import type { RecordRef } from '../../kinto/paths.ts'
import { fetchRecord } from '../../kinto/records.ts'
import type { KintoSession } from '../../kinto/session.ts'
import type { RecordReader } from './reader.ts'
import type { Reading } from './reading.ts'

/** A record as Kinto shows it to an account, and what it says. */
export interface FetchedReading {
  reading: Reading
  permissions: JsonObject
  response: KintoResponse
}

/**
 * Fetches a record and reads it. `ref` names it by its bucket's real id.
 * @throws KintoRefusal when the account may not see it, Refusal 400, 503, KintoUnreachable
 */
export async function fetchReading(
  session: KintoSession,
  ref: RecordRef,
  reader: RecordReader
): Promise<FetchedReading> {
  const { data, permissions, response } = await fetchRecord(session, ref, reader.bounds)
  return { reading: reader.read(ref, data), permissions, response }
}
