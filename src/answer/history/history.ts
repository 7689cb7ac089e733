import type { RecordRef } from '../../kinto/paths.ts'
import type { StepFunctions } from '../../stepfunctions/clients.ts'
import type { Log } from '../../log.ts'
import { judge, suffices, type Verdict } from './verdict.ts'

/** The execution whose history is read, and the record that it is read for. */
export interface HistoryQuery {
  executionArn: string | undefined
  region: string
  ref: RecordRef
  /** The record's token; undefined where it has none. */
  taskToken: string | undefined
  /** Milliseconds that the request has left. */
  timeLeft: () => number
}

/**
 * What the execution's history says about the record. 'unclear' where there is no history, or where
 * it cannot be read. Never throws.
 */
export async function readVerdict(
  { executionArn, region, ref, taskToken, timeLeft }: HistoryQuery,
  stepFunctions: StepFunctions,
  log: Log
): Promise<Verdict> {
  if (executionArn === undefined) return { kind: 'unclear' }
  try {
    const history = await stepFunctions.readHistory({
      region,
      executionArn,
      timeoutMs: timeLeft(),
      suffices: read => suffices(read, ref, taskToken)
    })
    return judge(history, ref, taskToken)
  } catch (error) {
    log.warn(
      { err: error, executionArn },
      "the execution's history could not be read (states:GetExecutionHistory)"
    )
    return { kind: 'unclear' }
  }
}
