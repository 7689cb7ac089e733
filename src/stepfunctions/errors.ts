import type { Reach } from './wire.ts'

/**
 * What a failed call means for its caller:
 * - `token dead`: the step no longer waits: answered, expired or stopped (AWS does not tell which);
 * - `token invalid`: never a task token of this account and region;
 * - `input refused`: AWS does not take this output, error or cause;
 * - `not found`: no such activity or execution, or a malformed ARN;
 * - `throttled`: turned away for now, nothing was done;
 * - `credentials`: missing, expired, or signed with a clock that is off; nothing was done, and
 *   fresh ones help;
 * - `refused`: no right to do this, which an operator has to mend; nothing was done;
 * - `unsent`: no connection was made, so nothing was done;
 * - `unsendable`: no request could be made of it (a key with a line break, say), which an operator
 *   has to mend; nothing was done;
 * - `unknown`: it cannot be known whether it was done.
 */
export type Fault =
  | 'token dead'
  | 'token invalid'
  | 'input refused'
  | 'not found'
  | 'throttled'
  | 'credentials'
  | 'refused'
  | 'unsent'
  | 'unsendable'
  | 'unknown'

/**
 * A call to Step Functions that failed. `code` is AWS's name of the error, or the transport's code.
 * The message may hold ARNs and account ids.
 */
export class StepFunctionsError extends Error {
  readonly code: string
  readonly fault: Fault

  constructor(fault: Fault, code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'StepFunctionsError'
    this.code = code
    this.fault = fault
  }

  /** Whether the same call may succeed a little later. */
  get retryHelps(): boolean {
    return (
      this.fault === 'throttled' ||
      this.fault === 'credentials' ||
      this.fault === 'unsent' ||
      this.fault === 'unknown'
    )
  }

  /** Whether the call failed on its way to Step Functions, so that others fail there as well. */
  get isOutage(): boolean {
    return this.fault === 'unsent' || this.fault === 'credentials'
  }
}

/**
 * Reads any error that the AWS SDK throws, of a call that came so far. One that may have had an
 * effect is `unknown`.
 */
export function toStepFunctionsError(error: unknown, reach: Reach = 'sent'): StepFunctionsError {
  if (error instanceof StepFunctionsError) return error
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  const fault =
    reach === 'unmade'
      ? 'unsendable'
      : reach === 'made'
        ? 'unsent'
        : (faultByName(error, name, message) ?? faultByStatus(error) ?? 'unknown')
  return new StepFunctionsError(fault, text(error, 'code') ?? name, message, { cause: error })
}

function faultByName(error: unknown, name: string, message: string): Fault | undefined {
  if (name === 'ValidationException')
    return faultOfField(/ at '(\w+)' failed to satisfy/.exec(message)?.[1])
  // The SDK has set its clock by the server's: signed anew, the same call is in time.
  if (property(property(error, '$metadata'), 'clockSkewCorrected') === true) return 'credentials'
  return faults.get(name)
}

function faultOfField(field: string | undefined): Fault {
  return field === 'taskToken'
    ? 'token invalid'
    : field?.endsWith('Arn') === true
      ? 'not found'
      : 'input refused'
}

const faults = new Map<string, Fault>([
  ['TaskTimedOut', 'token dead'],
  ['TaskDoesNotExist', 'token dead'],
  ['InvalidToken', 'token invalid'],
  ['InvalidOutput', 'input refused'],
  ['ActivityDoesNotExist', 'not found'],
  ['ExecutionDoesNotExist', 'not found'],
  ['InvalidArn', 'not found'],
  ['ThrottlingException', 'throttled'],
  ['Throttling', 'throttled'],
  ['TooManyRequestsException', 'throttled'],
  ['RequestLimitExceeded', 'throttled'],
  ['KmsThrottlingException', 'throttled'],
  ['ActivityWorkerLimitExceeded', 'throttled'],
  ['ExpiredToken', 'credentials'],
  ['ExpiredTokenException', 'credentials'],
  ['RequestExpired', 'credentials']
])

// A response that is no JSON is a SyntaxError with the status of the response. Even a 200 may have
// been cut off after the work was done.
function faultByStatus(error: unknown): Fault | undefined {
  const status = property(property(error, '$metadata'), 'httpStatusCode')
  if (typeof status !== 'number') return undefined
  if (status === 429) return 'throttled'
  return status >= 300 && status < 500 && status !== 408 ? 'refused' : 'unknown'
}

function text(value: unknown, key: string): string | undefined {
  const found = property(value, key)
  return typeof found === 'string' ? found : undefined
}

function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}
