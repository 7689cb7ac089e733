import { invalid, unavailable, type Refusal } from '../kinto/errors.ts'
import type { StepFunctionsError } from '../stepfunctions/errors.ts'

/**
 * Why nothing was reported, in the reviewer's words. What AWS said holds ARNs and account ids, so it is for the log alone.
 * `field` is the record's field that the call was about.
 */
export function refusal (cause: StepFunctionsError, field: 'taskToken' | 'activityArn'): Refusal {
  switch (cause.fault) {
    case 'token dead':
    case 'token invalid':
      return invalid('record', field, `Step Functions does not know the record's ${field}: it is not a token of this account and region.`)
    case 'not found':
      return invalid('record', field, `Step Functions does not know the record's ${field}.`)
    case 'input refused':
      return invalid('body', 'output', 'Step Functions does not take this output or error.')
    case 'refused':
      return unavailable('This service is not allowed to reach the workflow. Nothing was reported; its operator has to look.', { cause })
    case 'credentials':
      return unavailable('This service has no valid AWS credentials at the moment. Nothing was reported; its operator has to look.', { cause, retryAfter: 30 })
    case 'throttled':
    case 'unsent':
    case 'unknown':
      return unavailable('Step Functions cannot be reached at the moment. Nothing was reported; try again.', { cause, retryAfter: 3 })
  }
}
