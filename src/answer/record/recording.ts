import type { KintoResponse } from '../../kinto/client.ts'
import { backoff, deadline, pause } from '../../wait.ts'
import { recordPath } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import { isVerb, type Decision, type KnownDecision } from './decision.ts'
import { changesFor, type Change } from './decision-fields.ts'
import type { RecordReader } from './reader.ts'
import { isDecided, type Reading } from './reading.ts'
import { attempt, existingIn, NotRecorded, versionOf, type Writers } from './update.ts'

/** A decision to be written into its record. */
export interface Recording {
  /** The record as it was when its token was used, or when the decision was found out. */
  reading: Reading
  /**
   * The token that the record holds, and that was answered. Undefined where it holds none: the
   * history tells of the decision, or Kinto did not take the token.
   */
  taskToken: string | undefined
  decision: KnownDecision
}

export interface RecordingOptions {
  reader: RecordReader
  /** Whether the workflow asks again what was decided, though the record holds the same token. */
  isAskedAgain: (reading: Reading, decision: KnownDecision) => Promise<boolean>
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
 * `timeLeft()` (milliseconds) if that is shorter. `latest`: the record as it was last read.
 */
export async function recordDecision(
  writers: Writers,
  recording: Recording,
  { reader, isAskedAgain }: RecordingOptions,
  timeLeft: () => number,
  latest = recording.reading
): Promise<Recorded> {
  const { taskToken, decision } = recording
  const toRetry = deadline(Math.min(retryForMs, timeLeft()))
  let reading = latest
  for (let failures = 0, changes = 0; ;) {
    const current = reading
    if (hasMovedOn(recording, current)) return 'moved on'
    const isChanged = !isEqual(
      recording.reading.data['last_modified'],
      current.data['last_modified']
    )
    if (isChanged && (await isAskedAgain(current, decision))) return 'moved on'
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
}

/**
 * Whether a record asks something else by now, or asks again. One without a token is known by what
 * names its question; if it said that it was decided, and says so no more, it was set back.
 */
function hasMovedOn({ reading: first, taskToken, decision }: Recording, current: Reading): boolean {
  if (current.taskToken !== taskToken || wasSetBack(current, decision)) return true
  return (
    taskToken === undefined &&
    ((isDecided(first) && !isDecided(current)) ||
      namesOfQuestion.some(name => !isEqual(first.data[name], current.data[name])))
  )
}

const namesOfQuestion = ['subject', 'stateMachineArn', 'activityArn', 'executionArn']

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Whether a decision was recorded, and somebody set the `status` back: then it stays so. */
function wasSetBack({ data }: Reading, { answeredAt }: Decision): boolean {
  return answeredAt !== undefined && data['answeredAt'] === answeredAt && !isVerb(data['status'])
}

async function writeDecision(
  session: KintoSession,
  { ref, data: before }: Reading,
  decision: KnownDecision,
  receipt: string | undefined
): Promise<KintoResponse> {
  const condition = versionOf(before)
  const [first, ...lesser] = changesFor(decision, before, receipt)
  const write = (change: Change): Promise<KintoResponse> =>
    session.patch(recordPath(ref), { ...change, ...condition })
  let response = await write(first)
  for (const change of lesser) {
    if (response.status !== 400) return response
    response = await write(change)
  }
  return response
}

/** Whether a record has shown this very decision, though its `status` may be set back since. */
export function hasShown(
  { data, decision }: Pick<Reading, 'data' | 'decision'>,
  { answeredAt }: Pick<Decision, 'answeredAt'>
): boolean {
  return (
    answeredAt !== undefined &&
    (data['answeredAt'] === answeredAt || decision?.answeredAt === answeredAt)
  )
}

/**
 * Whether nothing is left to be written: the record shows the decision, or did so until somebody
 * set its `status` back. Else the `status` is only wrong if it says the other decision.
 */
export function isRecorded(reading: Reading, decision: Decision): boolean {
  const { status } = reading.data
  return (
    wasSetBack(reading, decision) ||
    (reading.decision?.answer === decision.answer &&
      (!isVerb(status) || status === decision.answer))
  )
}
