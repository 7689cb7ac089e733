import { invalid } from '../kinto/errors.ts'
import { isJsonObject, mostDepth, parseJson, weighJson, type JsonObject } from '../kinto/json.ts'
import { isVerb } from './record/decision.ts'
import type { AnswerRequest } from './record/task-output.ts'

// More values than fit into the largest output that Step Functions takes.
const maxValues = 140_000
const maxComment = 2500
const maxErrorName = 256

/**
 * Reads the body of an answer. Unknown fields are ignored.
 * @throws Refusal 400 in Kinto's words, for the first thing that is wrong
 */
export function readAnswer(body: Uint8Array): AnswerRequest {
  const fields = readObject(body, maxValues, 'such as {"answer": "SUCCEED"}')
  const { answer } = fields
  if (answer === undefined) throw invalid('body', 'answer', 'Required')
  if (!isVerb(answer))
    throw invalid('body', 'answer', `${JSON.stringify(answer)} is not one of FAIL, SUCCEED`)
  const comment = readText(fields, 'comment', 0, maxComment)
  const error = readText(fields, 'error', 1, maxErrorName)
  // Step Functions gives these names itself: a reviewer who sent States.Timeout would look like a
  // step that nobody answered (https://states-language.net/#error-names).
  if (error?.startsWith('States.') === true)
    throw invalid('body', 'error', 'Names that begin with States. are reserved')
  if (answer === 'FAIL' && Object.hasOwn(fields, 'output'))
    throw invalid('body', 'output', 'Only an answer of SUCCEED has an output')
  if (answer === 'SUCCEED' && error !== undefined)
    throw invalid('body', 'error', 'Only an answer of FAIL has an error')
  return {
    answer,
    comment,
    error,
    ...(Object.hasOwn(fields, 'output') ? { output: fields['output'] } : {})
  }
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

function readText(fields: JsonObject, name: string, min: number, max: number): string | undefined {
  const value = fields[name]
  if (value === undefined) return undefined
  if (typeof value !== 'string')
    throw invalid('body', name, `${JSON.stringify(value)} is not a string`)
  if (value.length > max) throw invalid('body', name, `Longer than maximum length ${max}`)
  if (value.length < min) throw invalid('body', name, `Shorter than minimum length ${min}`)
  // Neither PostgreSQL (behind Kinto) nor Step Functions stores these characters, and an answer is
  // only reported if it can be recorded.
  if (value.includes('\0') || !value.isWellFormed())
    throw invalid(
      'body',
      name,
      'Holds a character that cannot be stored (U+0000, or half of a surrogate pair)'
    )
  return value
}
