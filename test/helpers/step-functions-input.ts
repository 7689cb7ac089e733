import { AwsError, invalidField } from './step-functions-errors.ts'
import type { IncomingMessage } from 'node:http'

/** One call as the endpoint received it. */
export interface Call {
  operation: string
  input: Record<string, unknown>
  region: string
  /** The key of its signature. */
  accessKeyId: string
  userAgent: string
  at: Date
}

/** Reads a request as Step Functions does, in awsJson1_0 and signed for the service `states`. */
export function readCall(request: IncomingMessage, body: string): Call {
  const operation = /^AWSStepFunctions\.(\w+)$/.exec(
    request.headers['x-amz-target']?.toString() ?? ''
  )?.[1]
  if (request.method !== 'POST' || request.url !== '/' || operation === undefined)
    throw new AwsError('UnknownOperationException')
  if (request.headers['content-type'] !== 'application/x-amz-json-1.0')
    throw new AwsError('SerializationException')
  return {
    operation,
    input: readBody(body),
    ...readSignature(request),
    userAgent: request.headers['user-agent'] ?? '',
    at: new Date()
  }
}

function readBody(body: string): Record<string, unknown> {
  try {
    const input: unknown = JSON.parse(body)
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return { ...input }
  } catch {}
  throw new AwsError('SerializationException')
}

const scope = String.raw`([^/,]+)/\d{8}/([a-z0-9-]+)/states/aws4_request`
const signature = new RegExp(
  String.raw`^AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=\S+, Signature=[0-9a-f]{64}$`
)

function readSignature(request: IncomingMessage): { accessKeyId: string; region: string } {
  const authorization = request.headers.authorization
  if (authorization === undefined) throw new AwsError('MissingAuthenticationTokenException')
  const [, accessKeyId, region] = signature.exec(authorization) ?? []
  if (accessKeyId === undefined || region === undefined)
    throw new AwsError('InvalidSignatureException')
  return { accessKeyId, region }
}

interface Limits {
  required?: boolean
  min?: number
  max: number
  bytes?: boolean
}

/**
 * A string of the input within the limits of the API model. They are in characters, or in bytes of
 * UTF-8 where `bytes` is set.
 */
export function text(call: Call, field: string, limits: Limits & { required: true }): string
export function text(call: Call, field: string, limits: Limits): string | undefined
export function text(
  call: Call,
  field: string,
  { required, min = 0, max, bytes }: Limits
): string | undefined {
  const value = call.input[field] ?? undefined
  if (value === undefined) {
    if (required === true) throw invalidField(field, 'Member must not be null')
    return undefined
  }
  if (typeof value !== 'string') throw new AwsError('SerializationException')
  const length = bytes === true ? Buffer.byteLength(value) : value.length
  if (length > max)
    throw invalidField(field, `Member must have length less than or equal to ${max}`)
  if (length < min)
    throw invalidField(field, `Member must have length greater than or equal to ${min}`)
  return value
}

/** An ARN of this kind in the region that the request was signed for. */
export function arn(call: Call, field: string, kind: 'activity' | 'execution'): string {
  const value = text(call, field, { required: true, min: 1, max: 256 })
  const region = /^arn:aws[a-z-]*:states:([a-z0-9-]+):\d{12}:(\w+):[^\s:]+(:[^\s:]+)?$/.exec(value)
  if (region?.[1] !== call.region || region[2] !== kind)
    throw new AwsError('InvalidArn', `Invalid Arn: '${value}'`)
  return value
}

export function taskToken(call: Call): string {
  return text(call, 'taskToken', { required: true, min: 1, max: 2048 })
}
