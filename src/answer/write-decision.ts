import type { KintoResponse } from '../kinto/client.ts'
import { unavailable } from '../kinto/errors.ts'
import { fetchRecord } from '../kinto/records.ts'
import type { Log } from '../log.ts'
import type { AdmittedAnswer } from './admitted.ts'
import type { Backlog } from './backlog.ts'
import type { RecordReader } from './record/reader.ts'
import { recordDecision, type Recording } from './record/recording.ts'
import { NotRecorded } from './record/update.ts'

export interface WritingOptions {
  /** Goes on recording after the request. */
  backlog: Backlog
  reader: RecordReader
  log: Log
}

/**
 * Writes a decision that Step Functions took into its record, within the request. The backlog goes
 * on with what could not be written.
 * @returns Kinto's response with the record as it is now
 * @throws Refusal 503 (not recorded), KintoRefusal, KintoUnreachable
 */
export async function writeDecision(
  admitted: AdmittedAnswer,
  recording: Recording,
  { backlog, reader, log }: WritingOptions
): Promise<KintoResponse> {
  const { writers, session, ref, timeLeft, signed } = admitted
  const outcome = await recordDecision(writers, recording, reader, timeLeft)
  if (outcome === 'moved on') return (await fetchRecord(session, ref, reader.bounds)).response
  if (!(outcome instanceof NotRecorded)) {
    backlog.lookAgain(recording, outcome, writers)
    return outcome
  }
  log.error(
    { err: outcome, record: signed.record, answer: recording.decision.answer },
    'Step Functions took an answer that Kinto could not record'
  )
  if (outcome.refused === undefined) backlog.add(recording)
  throw unavailable(
    'The workflow got the answer, but it could not be recorded here. ' +
      'Repeat the request to record it: it is not reported twice.',
    {
      details: { reported: 'yes' },
      cause: outcome,
      ...(outcome.refused === 403 || outcome.refused === 404 ? {} : { retryAfter: 3 })
    }
  )
}
