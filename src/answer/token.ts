import { conflict, gone } from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'
import type { Log } from '../log.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import { StepFunctionsError } from '../stepfunctions/errors.ts'
import type { Activities, FoundToken } from './activities/activities.ts'
import type { AnswerToStep } from './admitted.ts'
import { readVerdict } from './history/history.ts'
import type { KnownDecision } from './record/decision.ts'
import { awsRefusal } from './refusals.ts'

export interface TokenOptions {
  stepFunctions: StepFunctions
  activities: Activities
  log: Log
}

/** A token to report to, or the decision that the history shows for a record without a token. */
export type TokenOrDecision = FoundToken | { decision: KnownDecision }

/**
 * Finds the token that an answer is for: the record's token, else the one of its activity's task.
 * @throws Refusal 409 (no task came, or a `status` that nothing confirms), 410, 400, 503
 */
export async function findToken(
  toStep: AnswerToStep,
  options: TokenOptions
): Promise<TokenOrDecision> {
  const { step, reading, dead } = toStep
  if (step.taskToken !== undefined && step.taskToken !== dead)
    return { taskToken: step.taskToken, reading }
  if (dead === undefined) {
    const confirmed = await confirmedDecision(toStep, options)
    if (confirmed !== undefined) return confirmed
  }
  if (step.activityArn === undefined) throw unconfirmed(reading.data)
  const found = await options.activities
    .take(step.activityArn, toStep)
    .catch((error: unknown): never => {
      throw error instanceof StepFunctionsError ? awsRefusal(error, 'activityArn') : error
    })
  if (found !== undefined) return found
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
  { step, reading, ref, timeLeft }: AnswerToStep,
  { stepFunctions, log }: TokenOptions
): Promise<{ decision: KnownDecision } | undefined> {
  if (reading.decision === undefined) return undefined
  const query = { ...step, ref, taskToken: undefined, timeLeft }
  const verdict = await readVerdict(query, stepFunctions, log)
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
