import { readDecimal } from './decimal.ts'

/**
 * JSON text that is the same for equal values: keys sorted, no white space, numbers by their
 * decimal value (`1e3`, `1000.0` and `1000` are one number). Kinto's back ends write numbers and
 * the order of keys in ways of their own. Numbers are raw literals
 * (https://github.com/tc39/proposal-json-parse-with-source).
 */
export function canonicalJson(value: unknown): string {
  if (JSON.isRawJSON(value)) return canonicalNumber(value.rawJSON)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`)
  return `{${members.join(',')}}`
}

function canonicalNumber(literal: string): string {
  const decimal = readDecimal(literal)
  if (decimal === undefined) return literal
  const { negative, digits, magnitude } = decimal
  return digits === '' ? '0' : `${negative ? '-' : ''}0.${digits}e${magnitude}`
}
