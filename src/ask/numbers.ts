import { rounded, wholeNumber } from '../kinto/numbers.ts'
import { readDecimal, type Decimal } from '../seal/decimal.ts'

// The sizes in which numbers come back as they are written here, from every back end.
const leastMagnitude = -6
const mostMagnitude = 15

/**
 * A number literal as Kinto can keep it, through any number of writes and on every back end.
 * A whole number of 64 bits keeps all its digits. Any other number that is at least 1e-7 and below
 * 1e15 in size gets at most 15 significant digits. Undefined for all others.
 */
export function keepable(literal: string): string | undefined {
  const decimal = readDecimal(literal)
  if (decimal === undefined) return undefined
  const { negative, digits, magnitude } = decimal
  if (digits === '') return '0'
  if (magnitude >= digits.length) return wholeNumber(decimal)
  if (magnitude > mostMagnitude || magnitude < leastMagnitude) return undefined
  return (negative ? '-' : '') + fixed(rounded(decimal))
}

function fixed({ digits, magnitude }: Decimal): string {
  if (magnitude <= 0) return `0.${'0'.repeat(-magnitude)}${digits}`
  if (magnitude >= digits.length) return digits.padEnd(magnitude, '0')
  return `${digits.slice(0, magnitude)}.${digits.slice(magnitude)}`
}
