import { isJsonObject, parseJson, type JsonObject } from '../../kinto/json.ts'

// JavaScript moves the names that are numbers to the front of an object, and an OpenAPI document
// has such: status codes. So they travel through it with a mark, a character without a meaning.
const mark = '\u{e000}'
const numbers = /"(\d+)":/g
const markedNumbers = new RegExp(`"${mark}(\\d+)":`, 'g')

/**
 * Edits the JSON object in `body`. All that `edit` keeps means the same as before, in the same
 * order, and numbers keep their literal text. It is written as Kinto writes it: without white
 * space, and in ASCII. Undefined when `edit` returns nothing, or when nothing can be edited: the
 * body is no object or no UTF-8, or it is nested deeper than the stack is high.
 */
export function editJson(
  body: Buffer,
  edit: (object: JsonObject) => JsonObject | undefined
): Buffer | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body)
    const object = parseJson(text.replace(numbers, `"${mark}$1":`))
    const edited = isJsonObject(object) ? edit(object) : undefined
    return edited === undefined ? undefined : Buffer.from(written(edited))
  } catch {
    return undefined
  }
}

function written(object: JsonObject): string {
  return JSON.stringify(object)
    .replace(markedNumbers, '"$1":')
    .replace(/[\x80-\uffff]/g, escaped)
}

function escaped(character: string): string {
  const hex = character.charCodeAt(0).toString(16).toUpperCase()
  return `\\u${hex.padStart(4, '0')}`
}
