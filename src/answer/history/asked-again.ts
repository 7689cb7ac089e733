import type { Log } from '../../log.ts'
import type { StepFunctions } from '../../stepfunctions/clients.ts'
import { isAbsent } from '../record/record.ts'
import type { KnownDecision } from '../record/decision.ts'
import type { RecordReader } from '../record/reader.ts'
import { isDecided, type Reading } from '../record/reading.ts'
import { readVerdict } from './history.ts'

export interface AskedAgainOptions {
  reader: RecordReader
  stepFunctions: StepFunctions
  log: Log
}

/**
 * Whether a record waits once more after this decision: it does not say that it is decided, and the
 * history of its execution shows the decision, and a later turn of the step that waits. Asked of
 * activities alone: at each turn of a callback the record gets a new token, and that says it.
 * `timeLeft`: milliseconds. Never throws.
 */
export async function isAskedAgain(
  reading: Reading,
  { answeredAt }: KnownDecision,
  timeLeft: () => number,
  { reader, stepFunctions, log }: AskedAgainOptions
): Promise<boolean> {
  const { ref, data, taskToken } = reading
  const execution =
    isAbsent(data['activityArn']) || isDecided(reading) ? undefined : reader.execution(reading)
  if (execution === undefined) return false
  const query = { ...execution, ref, taskToken, isDecided: false, timeLeft }
  const verdict = await readVerdict(query, stepFunctions, log)
  return (
    verdict.kind === 'open' && verdict.before.some(earlier => earlier.answeredAt === answeredAt)
  )
}
