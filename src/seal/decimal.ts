/** A number by its decimal value: 0.DIGITS times ten to the power of `magnitude`. */
export interface Decimal {
  negative: boolean
  /** Without zeros at either end; empty for zero. */
  digits: string
  magnitude: number
}

// Beyond this, the sum of an exponent and a length would not be exact. Kinto keeps no number of
// that size.
const largestExponent = 1e9

/**
 * Reads a number literal of JSON, in time that grows as its length.
 * @returns undefined for any other text, and for a number whose exponent is beyond all use
 */
export function readDecimal(literal: string): Decimal | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/i.exec(literal)
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', power = '0'] = match
  const all = whole + fraction
  const significant = all.replace(/^0+/, '')
  if (significant === '') return { negative: false, digits: '', magnitude: 0 }
  const exponent = Number(power)
  if (Math.abs(exponent) > largestExponent) return undefined
  const leadingZeros = all.length - significant.length
  return {
    negative: sign === '-',
    digits: withoutTrailingZeros(significant),
    magnitude: whole.length - leadingZeros + exponent
  }
}

/**
 * Digits without the zeros at their end. A regular expression would look at each run of zeros once
 * for every zero in it.
 */
export function withoutTrailingZeros(digits: string): string {
  let end = digits.length
  while (digits[end - 1] === '0') end -= 1
  return digits.slice(0, end)
}
