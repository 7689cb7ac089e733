import { invalid } from '../kinto/errors.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { isStorable, notStorable, storableDepth, tooDeep } from '../kinto/storable.ts'
import { keepable } from './numbers.ts'

const mostFields = 100

/**
 * The fields of a question as Kinto can keep them. What Kinto would refuse, change or lose later is
 * refused now. Numbers are written in the one way that comes back from every back end.
 * @throws Refusal 400, naming the field
 */
export function keepableFields(data: JsonObject): JsonObject {
  const entries = Object.entries(data)
  if (entries.length > mostFields)
    throw invalid('body', 'data', `A question may have at most ${mostFields} fields.`)
  return Object.fromEntries(
    entries.map(([name, value]) => {
      requireText(name, name)
      // Kinto would merge it into the record's permissions.
      if (name === '__permissions__') throw invalid('body', name, 'This name is reserved by Kinto.')
      return [name, keep(value, name, 1)]
    })
  )
}

function keep(value: unknown, field: string, depth: number): unknown {
  if (JSON.isRawJSON(value)) return keepNumber(value.rawJSON, field)
  if (typeof value === 'string') return requireText(value, field)
  if (!Array.isArray(value) && !isJsonObject(value)) return value
  if (depth >= storableDepth) throw invalid('body', field, tooDeep)
  if (Array.isArray(value)) return value.map(item => keep(item, field, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      requireText(key, field),
      keep(item, field, depth + 1)
    ])
  )
}

function keepNumber(literal: string, field: string): RawJson {
  const kept = keepable(literal)
  if (kept === undefined)
    throw invalid(
      'body',
      field,
      'Kinto cannot keep a number of this size as it is: write it as text.'
    )
  return JSON.rawJSON(kept)
}

function requireText(text: string, field: string): string {
  if (!isStorable(text)) throw invalid('body', field, notStorable)
  return text
}
