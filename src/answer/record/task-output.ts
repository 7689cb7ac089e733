import { invalid } from '../../kinto/errors.ts'
import { isJsonObject, parseJson } from '../../kinto/json.ts'
import type { Report } from '../../stepfunctions/delivery.ts'
import type { Decision, Verb } from './decision.ts'

/** An answer as its record takes it. */
export interface AnswerRequest {
  answer: Verb
  /** The label of the choice, in a record with choices. */
  choice?: string | undefined
  comment: string | undefined
  /**
   * For the workflow, with SUCCEED: any JSON value, numbers as their literals. Absent and `null`
   * are different things.
   */
  output?: unknown
  /** The error's name, with FAIL. */
  error: string | undefined
}

/** Who answers, when, and the record and version that the answer is for. */
export interface Signature {
  answeredBy: string
  answeredAt: string
  /** The record's URI. */
  record: string
  /** The record's `last_modified` that the reviewer answered, as its literal. */
  version: unknown
  /** Tells this answer from every other one in the execution's history. */
  answerId: string
}

/** An answer with its signature. */
export type SignedAnswer = AnswerRequest & Signature

/** An answer of this service, read back from the output or the cause that it gave a step. */
export interface ReadBack extends Decision {
  record: string
  answerId: string
}

// The words of the Python plugin of 2017, which workflows may match on.
const signedOff = 'signed off'
const notSignedOff = 'After reviewing, the decision was made to not sign off'
const defaultError = 'Not signing off'

// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, in bytes of UTF-8.
const maxOutputBytes = 262_144

/**
 * What Step Functions is told: always one JSON object that says who decided what. The reviewer's
 * `output` stands inside it, so nobody can pass for somebody else. With SUCCEED the object is the
 * task's output, with FAIL the cause.
 * @throws Refusal 400 when the whole is larger than a task's output may be
 */
export function taskResult(signed: SignedAnswer): Report['result'] {
  const {
    answer,
    choice,
    answeredBy,
    answeredAt,
    comment,
    record,
    version,
    answerId,
    error = defaultError
  } = signed
  const message = comment ?? (answer === 'SUCCEED' ? signedOff : notSignedOff)
  const text = JSON.stringify({
    message,
    answer,
    choice,
    answeredBy,
    answeredAt,
    comment,
    ...(Object.hasOwn(signed, 'output') ? { output: signed.output } : {}),
    record,
    version,
    answerId
  })
  if (Buffer.byteLength(text) > maxOutputBytes)
    throw invalid(
      'body',
      'output',
      `The output for the workflow would be larger than ${maxOutputBytes} bytes`
    )
  return answer === 'SUCCEED' ? { output: text } : { error, cause: text }
}

/** Reads what `taskResult` wrote. Undefined for a result from elsewhere. */
export function readBack(text: string | undefined): ReadBack | undefined {
  const value = text === undefined ? undefined : parsed(text)
  if (!isJsonObject(value)) return undefined
  const { answer, choice, answeredBy, answeredAt, comment, output, record, answerId } = value
  if (answer !== 'SUCCEED' && answer !== 'FAIL') return undefined
  if (
    typeof record !== 'string' ||
    typeof answerId !== 'string' ||
    typeof answeredBy !== 'string' ||
    typeof answeredAt !== 'string'
  )
    return undefined
  return {
    answer,
    choice: typeof choice === 'string' ? choice : undefined,
    answeredBy,
    answeredAt,
    comment: typeof comment === 'string' ? comment : undefined,
    output: output === undefined ? undefined : { value: output },
    record,
    answerId
  }
}

function parsed(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}
