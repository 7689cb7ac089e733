import { readDecimal, withoutTrailingZeros } from '../seal/decimal.ts'

// Whole numbers that Kinto's parser keeps as they are (RapidJSON's int64 and uint64).
const least = -(2n ** 63n)
const most = 2n ** 64n - 1n

// All other numbers are doubles, which the parser moves by some units of the last place. Up to 15
// digits come back, in numbers of this size.
const mostDigits = 15
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
  const sign = negative ? '-' : ''
  // More digits than 64 bits have. A huge exponent must not be written out as zeros.
  if (magnitude > 20) return undefined
  if (magnitude >= digits.length) return wholeNumber(sign + digits.padEnd(magnitude, '0'))
  if (magnitude > mostMagnitude || magnitude < leastMagnitude) return undefined
  return sign + fixed(...rounded(digits, magnitude))
}

function wholeNumber(text: string): string | undefined {
  const value = BigInt(text)
  return value < least || value > most ? undefined : text
}

function rounded(digits: string, magnitude: number): [digits: string, magnitude: number] {
  if (digits.length <= mostDigits) return [digits, magnitude]
  const kept = BigInt(digits.slice(0, mostDigits)) + (digits.charAt(mostDigits) >= '5' ? 1n : 0n)
  const text = String(kept)
  return [withoutTrailingZeros(text), magnitude + text.length - mostDigits]
}

function fixed(digits: string, magnitude: number): string {
  if (magnitude <= 0) return `0.${'0'.repeat(-magnitude)}${digits}`
  if (magnitude >= digits.length) return digits.padEnd(magnitude, '0')
  return `${digits.slice(0, magnitude)}.${digits.slice(magnitude)}`
}
