import { conflict, gone } from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'
import { StepFunctionsError } from '../stepfunctions/errors.ts'
import type { Activities, FoundToken } from './activities/activities.ts'
import { readVerdict } from './history/history.ts'
import type { KnownDecision } from './record/decision.ts'
import { awsRefusal } from './refusals.ts'
import type { ReportOptions } from './report.ts'
import type { AnswerToStep } from './admitted.ts'

/** A token to report to, or the decision that the history shows for a record without a token. */
export type TokenOrDecision = FoundToken | { decision: KnownDecision }

/**
 * Finds the token that an answer is for: the record's token, else the one of its activity's task.
 * `dead` is a token of this record that the history has shown to be dead: a new one is waited for.
 * @throws Refusal 409 (no task came, or a `status` that nothing confirms), 410, 400, 503
 */
export async function findToken(
  admitted: AnswerToStep,
  dead: string | undefined,
  options: ReportOptions & { activities: Activities }
): Promise<TokenOrDecision> {
  const { step, reading, ref, session, clientGone, timeLeft, mayWait } = admitted
  if (step.taskToken !== undefined && step.taskToken !== dead)
    return { taskToken: step.taskToken, reading }
  if (dead === undefined) {
    const confirmed = await confirmedDecision(admitted, options)
    if (confirmed !== undefined) return confirmed
  }
  const { activityArn, region } = step
  if (activityArn === undefined) throw unconfirmed(reading.data)
  try {
    const found = await options.activities.take({
      activityArn,
      region,
      ref,
      session,
      dead,
      clientGone,
      timeLeft,
      mayWait
    })
    if (found !== undefined) return found
  } catch (error) {
    throw error instanceof StepFunctionsError ? awsRefusal(error, 'activityArn') : error
  }
  throw conflict(
    'No task of the activity came for this record: ' +
      'the workflow has not reached this step yet, or it has passed it. Try again later.'
  )
}

/**
 * Everybody who may write the record could have written its `status`. So without a token, only the
 * history confirms a decision.
 */
async function confirmedDecision(
  admitted: AnswerToStep,
  options: ReportOptions
): Promise<{ decision: KnownDecision } | undefined> {
  const { step, reading, ref, timeLeft } = admitted
  if (reading.decision === undefined) return undefined
  const verdict = await readVerdict(
    { executionArn: step.executionArn, region: step.region, ref, taskToken: undefined, timeLeft },
    options.stepFunctions,
    options.log
  )
  if (verdict.kind === 'answered') return { decision: verdict.decision }
  if (verdict.kind === 'over')
    throw gone(`${verdict.reason} Nothing shows that this record was answered.`)
  if (verdict.kind === 'unclear') throw unconfirmed(reading.data)
  return undefined
}

function unconfirmed({ status }: JsonObject): Error {
  return conflict(
    `The record says ${String(status)}, but nothing shows that it was reported; ` +
      'set its status back to UNANSWERED to answer.'
  )
}
