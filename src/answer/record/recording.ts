import type { KintoResponse } from '../../kinto/client.ts'
import { backoff, deadline, pause } from '../../wait.ts'
import { recordPath } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import { isVerb, type Decision, type KnownDecision } from './decision.ts'
import type { RecordReader } from './reader.ts'
import type { Reading } from './reading.ts'
import { attempt, existingIn, NotRecorded, versionOf, type Writers } from './update.ts'

/** A decision to be written into its record, as it was last read. */
export interface Recording {
  reading: Reading
  /** The token that was answered. Undefined where the history tells of a record without a token. */
  taskToken: string | undefined
  decision: KnownDecision
}

// Long enough for a restart of Kinto behind its load balancer, short enough for a person who waits.
const retryForMs = 10_000
const pauses = { firstMs: 100, longestMs: 2_000 }

// Somebody may change the record without pause. It is read and tried anew this often in any case,
// even if no time is left.
const mostChanges = 5

/** The result of a recording. `moved on`: the record asks something else now, and is left alone. */
export type Recorded = KintoResponse | NotRecorded | 'moved on'

/**
 * Writes a decision into the record whose token was answered, and into no other question that may
 * stand there by now. Tries again while Kinto is away or others change the record: for 10 s, or for
 * `timeLeft()` (milliseconds) if that is shorter.
 */
export async function recordDecision(
  writers: Writers,
  recording: Recording,
  reader: RecordReader,
  timeLeft: () => number
): Promise<Recorded> {
  const { taskToken, decision } = recording
  const toRetry = deadline(Math.min(retryForMs, timeLeft()))
  let { reading } = recording
  for (let failures = 0, changes = 0; reading.taskToken === taskToken;) {
    const current = reading
    const receipt =
      taskToken === undefined ? undefined : reader.receipt(current, taskToken, decision)
    const response = await attempt(writers, session =>
      writeDecision(session, current, decision, receipt)
    )
    const existing = existingIn(response)
    if (existing !== undefined && (changes < mostChanges || toRetry() > 0)) {
      changes += 1
      reading = reader.read(current.ref, existing)
      continue
    }
    const outcome =
      response instanceof NotRecorded || response.status === 200
        ? response
        : new NotRecorded(response)
    const pauseMs = backoff(pauses, failures++)
    if (!(outcome instanceof NotRecorded) || outcome.refused !== undefined || toRetry() <= pauseMs)
      return outcome
    await pause(pauseMs)
  }
  return 'moved on'
}

/**
 * If the collection's schema refuses the receipt, the receipt is left out; if it still refuses, all
 * but `status`.
 */
async function writeDecision(
  session: KintoSession,
  { ref, data: before }: Reading,
  decision: KnownDecision,
  receipt: string | undefined
): Promise<KintoResponse> {
  const { answer: status, answeredBy, answeredAt, comment } = decision
  // The comment of an earlier decision must not pass for this one's. Only a merge patch (RFC 7396)
  // can take a field away.
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

/**
 * Whether a record shows a decision. With a receipt in it, the `status` is only wrong if it says
 * the other decision: a workflow may have gone on, and an operator may have set it back.
 */
export function isRecorded({ data: { status }, decision }: Reading, { answer }: Decision): boolean {
  return decision?.answer === answer && (!isVerb(status) || status === answer)
}
