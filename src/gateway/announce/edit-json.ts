import { applyEdits, modify, type JSONPath } from 'jsonc-parser'
import { isJsonObject, parseJson, type JsonObject } from '../../kinto/json.ts'

/** What to put where. The place exists, or at least the object or array around it. */
export type Edit = readonly [path: JSONPath, value: unknown]

/**
 * Edits the JSON object in `body` as text, so that the rest of it stays as it is, byte for byte.
 * `edits` gets the object. Undefined when it names no edits, or when nothing can be edited: the
 * body is no object or no UTF-8, or it is nested deeper than the stack is high.
 */
export function editJson(
  body: Buffer,
  edits: (object: JsonObject) => readonly Edit[] | undefined
): Buffer | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    const object = parseJson(text)
    const wanted = isJsonObject(object) ? edits(object) : undefined
    return wanted === undefined ? undefined : Buffer.from(wanted.reduce(put, text))
  } catch {
    return undefined
  }
}

function put(text: string, [path, value]: Edit): string {
  return applyEdits(text, modify(text, path, value, {}))
}
