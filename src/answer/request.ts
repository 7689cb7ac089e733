import { invalid } from '../kinto/errors.ts'
import { isJsonObject, mostDepth, parseJson, weighJson, type JsonObject } from '../kinto/json.ts'
import { isStorable, notStorable } from '../kinto/storable.ts'
import { longestLabel } from './record/choices.ts'
import { isVerb, type Verb } from './record/decision.ts'
import { whyNoErrorName } from './record/error-name.ts'
import type { AnswerRequest } from './record/task-output.ts'

// More values than fit into the largest output that Step Functions takes.
const maxValues = 140_000
const maxComment = 2500

/** The checked body of an answer. At least one of `answer` and `choice` is given. */
export interface AnswerBody {
  answer: Verb | undefined
  /** The label of one of the record's choices. */
  choice?: string
  comment: string | undefined
  /**
   * For the workflow, with SUCCEED: any JSON value, numbers as their literals. Absent and `null`
   * are different things.
   */
  output?: unknown
  /** The error's name, with FAIL. */
  error: string | undefined
}

/**
 * Reads the body of an answer. Unknown fields are ignored.
 * @throws Refusal 400 in Kinto's words, for the first thing that is wrong
 */
export function readAnswer(body: Uint8Array): AnswerBody {
  const fields = readObject(body, maxValues, 'such as {"answer": "SUCCEED"}')
  const { answer } = fields
  const choice = readText(fields, 'choice', 1, longestLabel)
  if (answer === undefined && choice === undefined) throw invalid('body', 'answer', 'Required')
  if (answer !== undefined && !isVerb(answer))
    throw invalid('body', 'answer', `${JSON.stringify(answer)} is not one of FAIL, SUCCEED`)
  const read = {
    answer,
    ...(choice !== undefined && { choice }),
    comment: readText(fields, 'comment', 0, maxComment),
    error: readErrorName(fields),
    ...(Object.hasOwn(fields, 'output') && { output: fields['output'] })
  }
  return answer === undefined ? read : withFittingFields({ ...read, answer })
}

/** @throws Refusal 400 for a field that does not go with the answer */
export function withFittingFields<Answer extends AnswerRequest>(request: Answer): Answer {
  const { answer, error } = request
  if (answer === 'FAIL' && Object.hasOwn(request, 'output'))
    throw invalid('body', 'output', 'Only an answer of SUCCEED has an output')
  if (answer === 'SUCCEED' && error !== undefined)
    throw invalid('body', 'error', 'Only an answer of FAIL has an error')
  return request
}

/**
 * Reads the record's version from the request's `If-Match`. Undefined without this header.
 * @throws Refusal 400 when it is not one integer in quotes (`kinto/core/schema.py`)
 */
export function readIfMatch(values: readonly string[]): string | undefined {
  if (values.length === 0) return undefined
  const [, version] = /^"([0-9]+)"$/.exec(values.join(', ')) ?? []
  if (version === undefined)
    throw invalid('header', 'If-Match', 'The value should be integer between double quotes.')
  return version
}

/**
 * Reads a JSON object of at most `maxValues` values. Numbers keep their literals. `example` ends
 * the message for a body that is no object.
 * @throws Refusal 400
 */
export function readObject(body: Uint8Array, maxValues: number, example: string): JsonObject {
  const { values, depth } = weighJson(body)
  if (values > maxValues)
    throw invalid(
      'body',
      '',
      `The body may hold at most ${maxValues} values, lists and objects included.`
    )
  if (depth > mostDepth) throw invalid('body', '', 'Invalid JSON: The value is nested too deeply.')
  const value = readJson(body)
  if (isJsonObject(value)) return value
  throw invalid('body', '', `The body should be a JSON object, ${example}`)
}

function readJson(body: Uint8Array): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body))
  } catch (error) {
    // RFC 8259 §8.1
    const reason = error instanceof SyntaxError ? error.message : 'The text is not UTF-8.'
    throw invalid('body', '', `Invalid JSON: ${reason}`)
  }
}

function readErrorName(fields: JsonObject): string | undefined {
  const error = readString(fields, 'error')
  const reason = error === undefined ? undefined : whyNoErrorName(error)
  if (reason !== undefined) throw invalid('body', 'error', reason)
  return error
}

function readText(fields: JsonObject, name: string, min: number, max: number): string | undefined {
  const value = readString(fields, name)
  if (value === undefined) return undefined
  if (value.length > max) throw invalid('body', name, `Longer than maximum length ${max}`)
  if (value.length < min) throw invalid('body', name, `Shorter than minimum length ${min}`)
  // Step Functions stores such a text no more than Kinto does, and an answer is only reported if it
  // can be recorded.
  if (!isStorable(value)) throw invalid('body', name, notStorable)
  return value
}

function readString(fields: JsonObject, name: string): string | undefined {
  const value = fields[name]
  if (value === undefined || typeof value === 'string') return value
  throw invalid('body', name, `${JSON.stringify(value)} is not a string`)
}
