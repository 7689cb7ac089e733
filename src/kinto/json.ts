/**
 * JSON that keeps number literals as they were written (`1.0`, `9007199254740993`): Kinto stores them so, a workflow may
 * depend on them, and JavaScript's numbers would change them. A parsed number is a raw literal, written back unchanged
 * (https://github.com/tc39/proposal-json-parse-with-source).
 */

// TypeScript's library does not describe this part of JSON yet.
declare global {
  interface RawJson { readonly rawJSON: string }
  interface JSON {
    rawJSON (literal: string): RawJson
    isRawJSON (value: unknown): value is RawJson
    parse (text: string, reviver: (this: unknown, key: string, value: unknown, context: { source: string }) => unknown): unknown
  }
}

export type JsonObject = Record<string, unknown>

/**
 * Takes more than a microsecond for each number. `check` is told every name and value before that.
 * @throws SyntaxError when the text is not JSON, RangeError when it is nested deeper than the stack is high.
 */
export function parseJson (text: string, check: (name: string, value: unknown) => void = () => {}): unknown {
  return JSON.parse(text, (name, value, { source }) => {
    check(name, value)
    return typeof value === 'number' ? JSON.rawJSON(source) : value
  })
}

/** Whether a parsed value is a JSON object: neither an array nor a raw number literal. */
export function isJsonObject (value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
}
