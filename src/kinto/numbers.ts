import { readDecimal, withoutTrailingZeros, type Decimal } from '../seal/decimal.ts'

// Whole numbers that Kinto's parser keeps as they are (RapidJSON's int64 and uint64). None has more
// digits; a huge exponent must not be written out as zeros.
const least = -(2n ** 63n)
const most = 2n ** 64n - 1n
const mostWholeDigits = 20

// All other numbers are doubles, which the parser moves by some units of the last place. Up to 15
// digits come back.
const mostDigits = 15

// The sizes of doubles that have all of their digits: 1e-307 or more, and below 1e308.
const leastMagnitude = -306
const mostMagnitude = 308

/** The digits of a whole number of 64 bits. Undefined for all other numbers. */
export function wholeNumber({ negative, digits, magnitude }: Decimal): string | undefined {
  if (magnitude < digits.length || magnitude > mostWholeDigits) return undefined
  const text = (negative ? '-' : '') + digits.padEnd(magnitude, '0')
  const value = BigInt(text)
  return value < least || value > most ? undefined : text
}

/** A number with as many digits as come back from Kinto. */
export function rounded(decimal: Decimal): Decimal {
  const { digits, magnitude } = decimal
  if (digits.length <= mostDigits) return decimal
  const kept = BigInt(digits.slice(0, mostDigits)) + (digits.charAt(mostDigits) >= '5' ? 1n : 0n)
  const text = String(kept)
  return {
    ...decimal,
    digits: withoutTrailingZeros(text),
    magnitude: magnitude + text.length - mostDigits
  }
}

/**
 * A number literal with the value that comes back from Kinto, however often it is written.
 * Undefined for a number that Kinto cannot read.
 */
export function storableNumber(literal: string): string | undefined {
  const decimal = readDecimal(literal)
  if (decimal === undefined) return undefined
  if (decimal.digits === '' || wholeNumber(decimal) !== undefined) return literal
  const { negative, digits, magnitude } = rounded(decimal)
  if (magnitude > mostMagnitude || magnitude < leastMagnitude) return undefined
  return decimal.digits === digits ? literal : `${negative ? '-' : ''}0.${digits}e${magnitude}`
}
