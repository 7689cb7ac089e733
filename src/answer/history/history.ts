import type { StepFunctions } from '../../stepfunctions/clients.ts'
import type { Log } from '../../log.ts'
import { judge, suffices, type QuestionOfRecord, type Verdict } from './verdict.ts'

/** The execution whose history is read, and the record that it is read for. */
export interface HistoryQuery extends QuestionOfRecord {
  executionArn: string | undefined
  region: string
  /** Milliseconds that the request has left. */
  timeLeft: () => number
}

/**
 * What the execution's history says about the record. 'unclear' where there is no history, or where
 * it cannot be read. Never throws.
 */
export async function readVerdict(
  { executionArn, region, timeLeft, ...question }: HistoryQuery,
  stepFunctions: StepFunctions,
  log: Log
): Promise<Verdict> {
  if (executionArn === undefined) return { kind: 'unclear' }
  try {
    const history = await stepFunctions.readHistory({
      region,
      executionArn,
      timeoutMs: timeLeft(),
      suffices: read => suffices(read, question)
    })
    return judge(history, question)
  } catch (error) {
    log.warn(
      { err: error, executionArn },
      "the execution's history could not be read (states:GetExecutionHistory)"
    )
    return { kind: 'unclear' }
  }
}
