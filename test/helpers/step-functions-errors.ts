/** An error as Step Functions sends it (awsJson1_0): a JSON body whose `__type` is its name. */
export class AwsError extends Error {
  readonly status: number
  readonly type: string

  constructor(
    name: string,
    message = texts[name] ?? name,
    status = name === 'InternalFailure' ? 500 : 400
  ) {
    super(message)
    this.type = `${namespaces[name] ?? 'com.amazonaws.swf.service.v2.model'}#${name}`
    this.status = status
  }

  get body(): string {
    return JSON.stringify({ __type: this.type, message: this.message })
  }
}

/** AWS's error for a value that breaks a constraint of its API model. */
export function invalidField(field: string, constraint: string): AwsError {
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value at '${field}' failed to satisfy constraint: ${constraint}`
  )
}

const texts: Record<string, string> = {
  TaskTimedOut: "Task Timed Out: 'Provided task does not exist anymore'",
  InvalidToken: "Invalid Token: 'Invalid token'",
  InvalidOutput: "Invalid Output: 'Output is not valid JSON'",
  ThrottlingException: 'Rate exceeded',
  ActivityWorkerLimitExceeded:
    'The maximum number of workers concurrently polling for activity tasks has been reached',
  AccessDeniedException:
    'User: arn:aws:sts::123456789012:assumed-role/service/i-0 ' +
    'is not authorized to perform this action',
  ExpiredTokenException: 'The security token included in the request is expired',
  KmsAccessDeniedException: 'The role is not authorized to perform kms:Decrypt',
  KmsThrottlingException: 'You have exceeded the rate at which you may call KMS',
  InternalFailure:
    'The request processing has failed because of an unknown error, exception or failure.',
  MissingAuthenticationTokenException: 'Missing Authentication Token',
  InvalidSignatureException: "Credential should be scoped to correct service: 'states'."
}

const coral = 'com.amazon.coral.service'
const namespaces: Record<string, string> = {
  ValidationException: 'com.amazon.coral.validate',
  ThrottlingException: 'com.amazon.coral.availability',
  AccessDeniedException: coral,
  ExpiredTokenException: coral,
  InternalFailure: coral,
  MissingAuthenticationTokenException: coral,
  InvalidSignatureException: coral,
  UnknownOperationException: coral,
  SerializationException: coral
}
