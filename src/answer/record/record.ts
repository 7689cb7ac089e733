import { invalid, type Refusal } from '../../kinto/errors.ts'
import type { JsonObject } from '../../kinto/json.ts'
import { isAsked } from '../../seal/digests.ts'
import { isAllowed, parseArn, type Arn, type ArnKind } from '../../stepfunctions/arn.ts'
import { isVerb, type Decision } from './decision.ts'

/** What a record says of its step, checked. */
export interface Step {
  /** The region that its ARNs agree on, else the configured one. */
  region: string
  taskToken: string | undefined
  activityArn: string | undefined
  executionArn: string | undefined
}

export interface ArnPolicy {
  /** Patterns of the ARNs that records may name. Without patterns they may name any. */
  allowedArns: readonly string[]
  /** The region of records without an ARN. */
  region: string | undefined
}

const arnFields: [field: string, kind: ArnKind][] = [
  ['stateMachineArn', 'stateMachine'],
  ['activityArn', 'activity'],
  ['executionArn', 'execution']
]

// https://docs.aws.amazon.com/step-functions/latest/apireference/API_SendTaskSuccess.html
const maxTokenLength = 2048

/** Where fields stand: in a record, or in the body of a question that is asked. */
export type Location = 'record' | 'body'

interface StepContext {
  taskToken: string | undefined
  isDecided: boolean
  location?: Location
}

/**
 * Reads the fields of a record that name its step. `taskToken` is the token of the record, opened.
 * A record that is decided needs neither a token nor an activity.
 * @throws Refusal 400 that names the field that is missing or not usable
 */
export function readStep(
  record: JsonObject,
  { taskToken, isDecided, location = 'record' }: StepContext,
  policy: ArnPolicy
): Step {
  const unusable = unusableIn(location)
  const arns = arnFields.flatMap(([field, kind]) => readArn(record, field, kind, policy, unusable))
  const [first] = arns
  for (const { arn, field } of arns) {
    if (first !== undefined && !samePlace(arn, first.arn))
      throw unusable(
        field,
        `${field} and ${first.field} name different partitions, regions or accounts.`
      )
  }
  const arnOf = (kind: ArnKind): string | undefined =>
    arns.find(({ arn }) => arn.kind === kind)?.arn.text
  const step = { taskToken, activityArn: arnOf('activity'), executionArn: arnOf('execution') }
  if (taskToken === undefined && step.activityArn === undefined && !isDecided) {
    throw unusable(
      'taskToken',
      'There is neither a taskToken nor an activityArn, so nothing waits for an answer.'
    )
  }
  const region = first?.arn.region ?? policy.region
  if (region === undefined)
    throw unusable(
      'stateMachineArn',
      'There is no stateMachineArn or activityArn, so the AWS region of the step is not known.'
    )
  return { region, ...step }
}

/**
 * The decision that a record shows. Undefined while its `status` is neither SUCCEED nor FAIL.
 * `choice` and `output` are an answer's only beside `choices` and a `form`: other records may use
 * these names for something else.
 */
export function readDecision(record: JsonObject): Decision | undefined {
  const { status, choices, choice, answeredBy, answeredAt, comment, form, output } = record
  return isVerb(status)
    ? {
        answer: status,
        choice: isAbsent(choices) ? undefined : textOf(choice),
        answeredBy: textOf(answeredBy),
        answeredAt: textOf(answeredAt),
        comment: textOf(comment),
        output: isAbsent(form) || isAbsent(output) ? undefined : { value: output }
      }
    : undefined
}

/**
 * The record's task token. Undefined without one.
 * @throws Refusal 400 for a value that cannot be a token
 */
export function readToken(
  { taskToken }: JsonObject,
  location: Location = 'record'
): string | undefined {
  if (isAbsent(taskToken)) return undefined
  if (typeof taskToken === 'string' && taskToken.length <= maxTokenLength) return taskToken
  throw unusableIn(location)(
    'taskToken',
    `taskToken is not a text of 1 to ${maxTokenLength} characters.`
  )
}

/**
 * The seconds within which the step needs a heartbeat, as a number or as its decimal text:
 * workflows put texts together. Undefined where the record does not say.
 */
export function readHeartbeat({ heartbeatSeconds }: JsonObject): number | undefined {
  const text = JSON.isRawJSON(heartbeatSeconds) ? heartbeatSeconds.rawJSON : heartbeatSeconds
  const seconds = typeof text === 'string' && isNumber.test(text) ? Number(text) : 0
  return seconds > 0 ? seconds : undefined
}

// RFC 8259 §6.
const isNumber = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/

function readArn(
  record: JsonObject,
  field: string,
  kind: ArnKind,
  { allowedArns }: ArnPolicy,
  unusable: Unusable
): { field: string; arn: Arn }[] {
  const value = record[field]
  if (isAbsent(value)) return []
  const arn = typeof value === 'string' ? parseArn(value) : undefined
  if (arn?.kind !== kind) {
    const expected = kind === 'stateMachine' ? 'a state machine' : `an ${kind}`
    throw unusable(field, `${field} is not the ARN of ${expected} of Step Functions.`)
  }
  if (!isAllowed(arn, allowedArns))
    throw unusable(field, `${field} is not among the ARNs that this service may be used for.`)
  return [{ field, arn }]
}

/** The fields of a record that make up its question. */
export function questionOf(record: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([name, value]) => isAsked(name, value)))
}

// Web forms send an empty text for a field that was left out.
export function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === ''
}

function samePlace(a: Arn, b: Arn): boolean {
  return a.partition === b.partition && a.region === b.region && a.account === b.account
}

type Unusable = (field: string, description: string) => Refusal

function unusableIn(location: Location): Unusable {
  return (field, description) => invalid(location, field, description)
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
