import { isJsonObject } from './json.ts'
import { storableNumber } from './numbers.ts'

/** Said of a text that `isStorable` refuses. */
export const notStorable =
  'Holds a character that cannot be stored (U+0000, or half of a surrogate pair)'

const tooLarge = 'Kinto cannot keep a number of this size: write it as text'

/** How deep a value may be nested. Python, behind Kinto, writes JSON recursively. */
export const storableDepth = 64

/** Said of a value that is nested deeper. */
export const tooDeep = `The value is nested deeper than ${storableDepth} levels.`

/**
 * Whether PostgreSQL, behind Kinto, can store a text. Where it cannot, Kinto says for ever that it
 * is overloaded.
 */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}

/**
 * Why Kinto could not keep a value as a field of a record. Numbers are raw literals.
 * @returns undefined where it can
 */
export function whyNotStorable(value: unknown, depth = 1): string | undefined {
  if (typeof value === 'string') return isStorable(value) ? undefined : notStorable
  if (JSON.isRawJSON(value))
    return storableNumber(value.rawJSON) === undefined ? tooLarge : undefined
  if (!Array.isArray(value) && !isJsonObject(value)) return undefined
  if (depth > storableDepth) return tooDeep
  const keys = Array.isArray(value) ? [] : Object.keys(value)
  for (const part of [...keys, ...Object.values(value)]) {
    const reason = whyNotStorable(part, depth + 1)
    if (reason !== undefined) return reason
  }
  return undefined
}
