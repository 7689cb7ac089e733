import { KintoRefusal, KintoUnreachable } from '../../kinto/client.ts'
import type { RecordRef } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import { fetchReading } from '../record/fetch-reading.ts'
import type { RecordReader } from '../record/reader.ts'
import type { Reading } from '../record/reading.ts'

/**
 * The record as it is by now, if it shows a token. Undefined also while Kinto is away.
 * @throws KintoRefusal when the caller may not see the record any more; Refusal 400, 409 when its
 * question cannot be answered any more
 */
export async function savedToken(
  session: KintoSession,
  ref: RecordRef,
  reader: RecordReader
): Promise<{ taskToken: string; reading: Reading } | undefined> {
  try {
    const { reading } = await fetchReading(session, ref, reader)
    const { taskToken } = reader.step(reading)
    return taskToken === undefined ? undefined : { taskToken, reading }
  } catch (error) {
    if (
      error instanceof KintoUnreachable ||
      (error instanceof KintoRefusal && error.response.status >= 500)
    )
      return undefined
    throw error
  }
}
