import { jsonObject, type KintoResponse } from '../../kinto/client.ts'
import { isJsonObject } from '../../kinto/json.ts'

const mostCharacters = 200

/**
 * What Kinto does not take in a record, in words for the log: fields by their names, and never a
 * value. Kinto names the field beside its description, but of a missing one only the description
 * is right (`kinto/schema_validation.py`).
 * @returns undefined where it does not say
 */
export function refusedFields(response: KintoResponse): string | undefined {
  const [first] = detailsOf(response)
  if (first === undefined) return undefined
  const { name, description } = first
  const missing = /^'([^']+)' is a required property$/.exec(description)?.[1]
  const unknown = /^Additional properties are not allowed \((.+) (?:was|were) unexpected\)$/.exec(
    description
  )?.[1]
  if (missing !== undefined) return cut(`it wants ${missing}`)
  if (unknown !== undefined) return cut(`it does not know ${unknown}`)
  return name === '' ? undefined : cut(`it does not take this value of ${name}`)
}

function cut(text: string): string {
  return text.slice(0, mostCharacters)
}

function detailsOf(response: KintoResponse): { name: string; description: string }[] {
  try {
    const { details } = jsonObject(response)
    return (Array.isArray(details) ? details : []).filter(isJsonObject).map(entry => ({
      name: typeof entry['name'] === 'string' ? entry['name'] : '',
      description: String(entry['description'])
    }))
  } catch {
    return []
  }
}
