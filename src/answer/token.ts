import { conflict, gone } from '../kinto/errors.ts'
import type { Log } from '../log.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import { StepFunctionsError } from '../stepfunctions/errors.ts'
import type { Activities, FoundToken } from './activities/activities.ts'
import type { AnswerToStep } from './admitted.ts'
import { readVerdict } from './history/history.ts'
import type { KnownDecision } from './record/decision.ts'
import { isDecided } from './record/reading.ts'
import { hasShown } from './record/recording.ts'
import { awsRefusal, unconfirmed } from './refusals.ts'
import type { TokenFates } from './token-fates.ts'

export interface TokenOptions {
  stepFunctions: StepFunctions
  activities: Activities
  tokenFates: TokenFates
  log: Log
}

/** A token to report to, or the decision that the history shows for a record without a token. */
export type TokenOrDecision = FoundToken | { decision: KnownDecision }

/**
 * Finds the token that an answer is for: the record's token, else the one of its activity's task.
 * @throws Refusal 409 (no task came, or a `status` that nothing confirms), 410 (over), 400, 503
 */
export async function findToken(
  toStep: AnswerToStep,
  options: TokenOptions
): Promise<TokenOrDecision> {
  const { step, reading, dead } = toStep
  if (step.taskToken !== undefined && step.taskToken !== dead)
    return { taskToken: step.taskToken, reading }
  if (dead === undefined) {
    const decided = await decisionInHistory(toStep, options)
    if (decided !== undefined) return decided
  }
  if (step.activityArn === undefined) throw unconfirmed(reading.data['status'])
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
 * Without a token the history goes first, as it does for GET. Everybody who may write the record
 * could have written its `status`, so only the history confirms that.
 */
async function decisionInHistory(
  { step, reading, ref, signed, timeLeft }: AnswerToStep,
  { stepFunctions, tokenFates, log }: TokenOptions
): Promise<{ decision: KnownDecision } | undefined> {
  const query = { ...step, ref, taskToken: undefined, isDecided: isDecided(reading), timeLeft }
  const verdict = await readVerdict(query, stepFunctions, log)
  if (verdict.kind === 'answered') return { decision: verdict.decision }
  if (verdict.kind === 'over')
    throw gone(`${verdict.reason} Nothing shows that this record was answered.`)
  const used = tokenFates.of(signed.record, undefined)
  if (verdict.kind === 'open') {
    if (used?.kind !== 'answered' || used.isRecorded === true) return undefined
    // The record never showed the answer of the turn before, so it was not set back.
    const { decision } = used
    const isLast = verdict.last?.answeredAt === decision.answeredAt
    return isLast && !hasShown(reading, decision) ? { decision } : undefined
  }
  if (used?.kind === 'answered' && (isDecided(reading) || used.isRecorded !== true))
    return { decision: used.decision }
  if (reading.decision !== undefined) throw unconfirmed(reading.data['status'])
  return undefined
}
