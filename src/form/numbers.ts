import { readDecimal, type Decimal } from '../seal/decimal.ts'
import { literalOf } from './exact-json.ts'

/** Whether a number is whole: `12.0` and `1e3` are. */
export function isWhole(value: unknown): boolean {
  if (typeof value === 'number') return Number.isInteger(value)
  const { digits, magnitude } = decimalOf(value)
  return magnitude >= digits.length
}

/** Below zero, zero or above it, as the first is less than the second, equal, or more. */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [one, other] = [decimalOf(a), decimalOf(b)]
  if (one.negative !== other.negative) return one.negative ? -1 : 1
  return one.negative ? compareSizes(other, one) : compareSizes(one, other)
}

/** Whether a number is a whole multiple of another one, which is above zero. */
export function isMultiple(value: unknown, of: unknown): boolean {
  const [dividend, divisor] = [decimalOf(value), decimalOf(of)]
  if (dividend.digits === '') return true
  const exponent =
    dividend.magnitude - dividend.digits.length - (divisor.magnitude - divisor.digits.length)
  // Neither has zeros at its end, so nothing makes up for a digit that stands further right.
  if (exponent < 0) return false
  const modulus = BigInt(divisor.digits)
  const remainder = (BigInt(dividend.digits) * powerOfTen(exponent, modulus)) % modulus
  return remainder === 0n
}

function compareSizes(a: Decimal, b: Decimal): number {
  if (a.digits === '' || b.digits === '') return a.digits.length - b.digits.length
  if (a.magnitude !== b.magnitude) return a.magnitude - b.magnitude
  if (a.digits === b.digits) return 0
  return a.digits < b.digits ? -1 : 1
}

/** Ten to some power, modulo a number, by squaring: the power may be huge. */
function powerOfTen(exponent: number, modulus: bigint): bigint {
  let power = 1n
  for (const bit of exponent.toString(2))
    power = (power * power * (bit === '1' ? 10n : 1n)) % modulus
  return power
}

function decimalOf(value: unknown): Decimal {
  const decimal = readDecimal(literalOf(value) ?? '')
  if (decimal === undefined) throw new TypeError('Not a number that was parsed.')
  return decimal
}
