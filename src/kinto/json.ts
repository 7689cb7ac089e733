/**
 * JSON that keeps number literals as they were written (`1.0`, `9007199254740993`). Kinto stores
 * them so, a workflow may depend on them, and JavaScript's numbers would change them. A parsed
 * number is a raw literal, written back unchanged
 * (https://github.com/tc39/proposal-json-parse-with-source).
 */

// TypeScript's library does not describe this part of JSON yet.
declare global {
  interface RawJson {
    readonly rawJSON: string
  }
  interface JSON {
    rawJSON(literal: string): RawJson
    isRawJSON(value: unknown): value is RawJson
    parse(
      text: string,
      reviver: (this: unknown, key: string, value: unknown, context: { source: string }) => unknown
    ): unknown
  }
}

export type JsonObject = Record<string, unknown>

/**
 * Takes more than a microsecond for each number. `check` is told every name and value before that.
 * @throws SyntaxError when the text is not JSON
 * @throws RangeError when the text is nested deeper than the stack allows
 */
export function parseJson(
  text: string,
  check: (name: string, value: unknown) => void = () => {}
): unknown {
  return JSON.parse(text, (name, value, { source }) => {
    check(name, value)
    return typeof value === 'number' ? JSON.rawJSON(source) : value
  })
}

/** Whether a parsed value is a JSON object: neither an array nor a raw number literal. */
export function isJsonObject(value: unknown): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !JSON.isRawJSON(value)
  )
}

/**
 * How deep a client's text may be nested. From some 2,000 levels on a parser, or what walks through
 * its values, can run out of stack.
 */
export const mostDepth = 1_000

/**
 * Counts the values of a JSON text and how deep they are nested, before it is parsed: what a parser
 * makes of `[[],[],…]` takes far more room and time than the text. A MiB takes some milliseconds.
 * The count is too high by one for each empty list or object.
 */
export function weighJson(text: Uint8Array): { values: number; depth: number } {
  let values = 1
  let depth = 0
  let deepest = 0
  let isText = false
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]
    if (isText) {
      if (byte === backslash) at += 1
      else if (byte === quote) isText = false
    } else if (byte === quote) {
      isText = true
    } else if (byte === comma) {
      values += 1
    } else if (byte === bracket || byte === brace) {
      values += 1
      depth += 1
      deepest = Math.max(deepest, depth)
    } else if (byte === endBracket || byte === endBrace) {
      depth -= 1
    }
  }
  return { values, depth: deepest }
}

const [quote, backslash, comma, bracket, endBracket, brace, endBrace] = Buffer.from('"\\,[]{}')
