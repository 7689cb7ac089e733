import { randomUUID } from 'node:crypto'
import * as Instance from '@hyperjump/json-schema/instance/experimental'
import { readDecimal } from '../seal/decimal.ts'

/**
 * A value whose numbers are exact. A number that JavaScript's would change is a marker, which is an
 * object of its own kind; equal numbers are the same number or equal markers.
 */
export interface ExactJson {
  value: Json
  hasMarkers: boolean
}

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json }

type Node = ReturnType<typeof Instance.fromJs>

/** A number that cannot be compared: its exponent has ten digits or more. */
export class UnusableNumber extends Error {}

// Nobody can guess it, so that no text holds a marker of its own. The validator's copies keep it.
const markerName = randomUUID()
const marker = new RegExp(String.raw`\{"${markerName}":"([^"]*)"\}`, 'g')

// Strings stand here to be skipped: there may be digits in them.
const stringsAndNumbers = /"(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*/g

// A number that is written with 15 digits comes back from a double as it was (IEEE 754). A text
// without longer ones and without exponents, which is nearly every text, is parsed as it is.
const mayBeInexact = /[\d.]{16}|\d[eE]/
const longestExact = 15

/**
 * Parses what `JSON.stringify` wrote. A reviver that is told the literals would take ten times as
 * long.
 * @throws UnusableNumber
 */
export function parseExact(text: string): ExactJson {
  if (!mayBeInexact.test(text)) return { value: JSON.parse(text), hasMarkers: false }
  let hasMarkers = false
  const marked = text.replace(stringsAndNumbers, token => {
    if (token.startsWith('"') || isExact(token)) return token
    hasMarkers = true
    return `{"${markerName}":"${canonical(token)}"}`
  })
  return { value: JSON.parse(marked), hasMarkers }
}

/** The value as the validator looks at it: there, markers are numbers. */
export function toInstance({ value, hasMarkers }: ExactJson): Node {
  const instance = Instance.fromJs(value)
  if (!hasMarkers) return instance
  for (const node of Instance.allNodes(instance)) {
    if (literalOf(Instance.value(node)) === undefined) continue
    node.type = 'number'
    node.children = []
  }
  return instance
}

/** The literal of a number, marker or not. Undefined for any other value. */
export function literalOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return undefined
  const literal: unknown = Reflect.get(value, markerName)
  return typeof literal === 'string' ? literal : undefined
}

/** A text in which the validator has written values, with numbers in the place of markers. */
export function withoutMarkers(json: string): string {
  return json.replace(marker, '$1')
}

function isExact(literal: string): boolean {
  if (literal.length <= longestExact && !/e/i.test(literal)) return true
  return canonical(literal) === canonical(String(Number(literal)))
}

/** The same text for equal numbers. */
function canonical(literal: string): string {
  // Too large for a double.
  if (literal.endsWith('Infinity')) return literal
  const decimal = readDecimal(literal)
  if (decimal === undefined) throw new UnusableNumber(literal)
  const { negative, digits, magnitude } = decimal
  const sign = negative ? '-' : ''
  const exponent = magnitude - digits.length
  if (exponent >= 0 && magnitude < 40) return `${sign}${digits.padEnd(magnitude, '0')}`
  return `${sign}${digits}e${exponent}`
}
