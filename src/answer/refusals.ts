import { conflict, invalid, unavailable, type Refusal } from '../kinto/errors.ts'
import type { StepFunctionsError } from '../stepfunctions/errors.ts'
import type { Decision } from './record/decision.ts'

/**
 * Tells a reviewer why nothing was reported. The message of AWS holds ARNs and account ids, so only
 * the log shows it. `field` is the record's field that the call was about.
 */
export function awsRefusal(cause: StepFunctionsError, field: 'taskToken' | 'activityArn'): Refusal {
  if (cause.fault === 'input refused')
    return invalid('body', 'output', 'Step Functions does not take this output or error.')
  if (cause.fault === 'refused')
    return unavailable(
      'This service is not allowed to reach the workflow. Nothing was reported. Tell its operator.',
      { cause }
    )
  if (cause.fault === 'unsendable')
    return unavailable(
      'This service cannot call Step Functions with its settings. Nothing was reported. ' +
        'Tell its operator.',
      { cause }
    )
  if (cause.fault === 'credentials')
    return unavailable(
      'This service has no valid AWS credentials. Nothing was reported. Tell its operator.',
      { cause, retryAfter: 30 }
    )
  if (cause.fault === 'throttled')
    return unavailable(
      'Step Functions takes no more requests. Nothing was reported. Try again in a moment.',
      { cause, retryAfter: 3 }
    )
  if (cause.retryHelps)
    return unavailable(
      'Step Functions cannot be reached. Nothing was reported. Try again in a moment.',
      { cause, retryAfter: 3 }
    )
  return invalid(
    'record',
    field,
    `Step Functions does not know the record's ${field}, in this account and region.`
  )
}

/** 409: the step was answered before, and not with this answer. */
export function answeredOtherwise(decision: Decision): Refusal {
  const { answer, choice, answeredBy, answeredAt } = decision
  const who = answeredBy ?? 'somebody outside this service'
  const what = choice === undefined ? answer : `${answer} (${choice})`
  const when = answeredAt === undefined ? '' : ` on ${answeredAt}`
  return conflict(`This step was already answered: ${who} said ${what}${when}.`, {
    answer,
    choice,
    answeredBy,
    answeredAt
  })
}

/**
 * 409: nothing confirms the `status` of a record without a token. Who answers may write the record,
 * but it is the workflow's people who know whether its step waits.
 */
export function unconfirmed(status: unknown): Refusal {
  return conflict(
    `The record says ${String(status)}, but nothing shows that it was reported, ` +
      'so it takes no answer. If its step still waits, ' +
      "the people who run the workflow have to set the record's status back to UNANSWERED."
  )
}

/** 409: while an answer was on its way, another token took the place of the one that it was for. */
export function askedAgain(): Refusal {
  return conflict(
    'The workflow asked again while you answered. Look at the record, then answer again.'
  )
}
