import { Refusal } from '../kinto/errors.ts'
import type { Log } from '../log.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import { livenessOf } from '../stepfunctions/liveness.ts'
import { isAskedAgain } from './history/asked-again.ts'
import { readVerdict } from './history/history.ts'
import type { Verdict } from './history/verdict.ts'
import type { AskedStep, RecordReader } from './record/reader.ts'
import { isDecided, type Reading } from './record/reading.ts'

export interface VerdictOptions {
  stepFunctions: StepFunctions
  reader: RecordReader
  log: Log
}

/** A verdict, where `open` stands for all that is not known to be otherwise. */
export type ClearVerdict = Exclude<Verdict, { kind: 'unclear' }>

interface VerdictQuery {
  reading: Reading
  /**
   * The record's step for a caller who may write the record, or why it has none that can be used.
   * Undefined for readers: Step Functions is not asked on their behalf.
   */
  step: AskedStep | Refusal | undefined
  /** Milliseconds that the request has left. */
  timeLeft: () => number
}

const open: Verdict & { kind: 'open' } = { kind: 'open', before: [] }

/**
 * Judges a record's step by the receipt; else, for writers, by the history, else by whether the
 * token is alive; else by the `status` of a record in clear. A step that came round again, and a
 * record whose `status` was set back for it, wait: only writers are told, since only for them the
 * history is read.
 */
export async function findVerdict(
  { reading, step, timeLeft }: VerdictQuery,
  options: VerdictOptions
): Promise<ClearVerdict> {
  const { reader, stepFunctions, log } = options
  const { ref, taskToken, decision, isAsked } = reading
  const isWriter = step !== undefined
  if (decision?.proof === 'receipt')
    return isWriter && (await isAskedAgain(reading, decision, timeLeft, options))
      ? open
      : { kind: 'answered', decision }
  const execution = isWriter ? reader.execution(reading) : undefined
  if (execution !== undefined) {
    const query = { ...execution, ref, taskToken, isDecided: isDecided(reading), timeLeft }
    const verdict = await readVerdict(query, stepFunctions, log)
    if (verdict.kind !== 'unclear') return verdict
  }
  const mayAsk =
    step !== undefined && (isAsked || decision !== undefined) && !(step instanceof Refusal)
  const liveness =
    mayAsk && taskToken !== undefined
      ? await livenessOf(taskToken, step.region, stepFunctions, log)
      : 'unknown'
  if (decision !== undefined && liveness !== 'alive') return { kind: 'answered', decision }
  return liveness === 'dead'
    ? { kind: 'over', reason: 'The step no longer accepts answers.' }
    : open
}
