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
  }
}

export type JsonObject = Record<string, unknown>

/**
 * Takes some 400 ns for each number. `check` is told every value before that, and its name in the
 * object that it stands in.
 * @throws SyntaxError when the text is not JSON
 * @throws RangeError when the text is nested deeper than the stack allows
 */
export function parseJson(
  text: string,
  check: (name: string, value: unknown) => void = () => {}
): unknown {
  // It tells what is wrong with the text, in the words of the text itself.
  JSON.parse(text)
  const { numbered, literals } = numberLiterals(text)
  return withLiterals('', JSON.parse(numbered))

  function withLiterals(name: string, value: unknown): unknown {
    if (typeof value === 'number') {
      const literal = literals[value]
      check(name, Number(literal?.rawJSON))
      return literal
    }
    check(name, value)
    if (Array.isArray(value)) return value.map(element => withLiterals('', element))
    if (isJsonObject(value))
      for (const key of Object.keys(value)) value[key] = withLiterals(key, value[key])
    return value
  }
}

/**
 * Puts in the place of each number of a JSON text its place among the literals. A reviver of
 * `JSON.parse` that asks for the literals takes five times as long.
 */
function numberLiterals(text: string): { numbered: string; literals: RawJson[] } {
  const textOrNumber = /"|-?\d[-+.eE\d]*/g
  const literals: RawJson[] = []
  const parts: string[] = []
  let from = 0
  for (let found = textOrNumber.exec(text); found !== null; found = textOrNumber.exec(text)) {
    const [literal] = found
    if (literal === '"') {
      textOrNumber.lastIndex = endOfText(text, textOrNumber.lastIndex)
    } else {
      parts.push(text.slice(from, found.index), String(literals.length))
      literals.push(JSON.rawJSON(literal))
      from = textOrNumber.lastIndex
    }
  }
  return { numbered: parts.join('') + text.slice(from), literals }
}

/** The index behind a text in quotes. Its first character is at `from`. */
function endOfText(text: string, from: number): number {
  let at = from
  for (let code = text.charCodeAt(at); code !== quote; code = text.charCodeAt(at))
    at += code === backslash ? 2 : 1
  return at + 1
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
  for (let at = 0; at < text.length; at++) {
    const byte = text[at]
    if (byte === quote) {
      at = closingQuote(text, at)
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

/** The quote that ends a text: the next one behind an even number of backslashes, if any. */
function closingQuote(text: Uint8Array, from: number): number {
  for (let at = text.indexOf(quote, from + 1); at !== -1; at = text.indexOf(quote, at + 1)) {
    let start = at
    while (text[start - 1] === backslash) start -= 1
    if ((at - start) % 2 === 0) return at
  }
  return text.length
}

const quote = 0x22
const [backslash, comma, bracket, endBracket, brace, endBrace] = Buffer.from('\\,[]{}')
