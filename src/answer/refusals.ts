import { invalid, unavailable, type Refusal } from '../kinto/errors.ts'
import type { StepFunctionsError } from '../stepfunctions/errors.ts'

/**
 * Why nothing was reported, in the reviewer's words. What AWS said holds ARNs and account ids, so it is for the log alone.
 * `field` is the record's field that the call was about.
 */
export function awsRefusal(cause: StepFunctionsError, field: 'taskToken' | 'activityArn'): Refusal {
  if (cause.fault === 'input refused')
    return invalid('body', 'output', 'Step Functions does not take this output or error.')
  if (cause.fault === 'refused')
    return unavailable(
      'This service is not allowed to reach the workflow. Nothing was reported; its operator has to look.',
      { cause }
    )
  if (cause.fault === 'credentials')
    return unavailable(
      'This service has no valid AWS credentials at the moment. Nothing was reported; its operator has to look.',
      { cause, retryAfter: 30 }
    )
  if (cause.fault === 'throttled')
    return unavailable(
      'Step Functions turns requests away at the moment. Nothing was reported; try again.',
      { cause, retryAfter: 3 }
    )
  if (cause.retryHelps)
    return unavailable(
      'Step Functions cannot be reached at the moment. Nothing was reported; try again.',
      { cause, retryAfter: 3 }
    )
  return invalid(
    'record',
    field,
    `Step Functions does not know the record's ${field}, in this account and region.`
  )
}
