import * as fc from 'fast-check'
import t from 'tap'
import { keepable } from '../../src/ask/numbers.ts'

const rows: [literal: string, kept: string | undefined][] = [
  ['0', '0'],
  ['-0', '0'],
  ['0.0', '0'],
  ['-0e99999', '0'],
  ['1', '1'],
  ['-1', '-1'],
  // Whole numbers, by value
  ['1000', '1000'],
  ['1e3', '1000'],
  ['1000.0', '1000'],
  ['0.1e1', '1'],
  ['-12.50e2', '-1250'],
  ['1E+2', '100'],
  ['9007199254740993', '9007199254740993'],
  ['9223372036854775808', '9223372036854775808'],
  ['18446744073709551615', '18446744073709551615'],
  ['18446744073709551616', undefined],
  ['-9223372036854775808', '-9223372036854775808'],
  ['-9223372036854775809', undefined],
  ['1e19', '10000000000000000000'],
  ['2e19', undefined],
  ['-1e19', undefined],
  ['1e20', undefined],
  ['1000000000000000', '1000000000000000'],
  ['1e15', '1000000000000000'],
  ['99999999999999999999', undefined],
  ['100000000000000000000', undefined],
  // All others
  ['0.5', '0.5'],
  ['5e-1', '0.5'],
  ['0.10', '0.1'],
  ['12.340', '12.34'],
  ['-0.001', '-0.001'],
  ['1.5e3', '1500'],
  ['1.2345e2', '123.45'],
  ['1e-7', '0.0000001'],
  ['-1.5e-7', '-0.00000015'],
  ['9.99e-8', undefined],
  ['1e-8', undefined],
  ['99999999999999.5', '99999999999999.5'],
  ['999999999999999.5', '1000000000000000'],
  ['999999999999999.4', '999999999999999'],
  ['1000000000000000.5', undefined],
  ['0.1234567890123456', '0.123456789012346'],
  ['0.1234567890123454', '0.123456789012345'],
  ['0.99999999999999999', '1'],
  ['0.30000000000000004', '0.3'],
  ['123456789.123456789', '123456789.123457'],
  ['0.00000009999999999999999', undefined],
  // Beyond all use
  ['1e300', undefined],
  ['1e999999999', undefined],
  ['1e-999999999', undefined],
  ['1e99999999999', undefined],
  ['-1e-99999999999', undefined]
]

for (const [literal, kept] of rows) {
  t.test(`${literal} is ${kept === undefined ? 'refused' : `kept as ${kept}`}`, async t => {
    t.equal(keepable(literal), kept)
  })
}

const literal = fc.stringMatching(/^-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,24})?([eE][+-]?[0-9]{1,3})?$/)
const near = fc.oneof(
  literal,
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.double({ min: -1e16, max: 1e16, noNaN: true }).map(String),
  fc.bigInt({ min: -(2n ** 66n), max: 2n ** 66n }).map(String),
  fc.double({ min: -1, max: 1, noNaN: true }).map(value => value.toFixed(20))
)

t.test('what is kept stays what it is, however often it is read and written', async t => {
  fc.assert(
    fc.property(near, text => {
      const kept = keepable(text)
      if (kept === undefined) return true
      if (
        keepable(kept) !== kept ||
        !/^(0|-?(0|[1-9][0-9]*)(\.[0-9]*[1-9])?)$/.test(kept) ||
        kept === '-0'
      )
        return false
      if (!kept.includes('.')) return BigInt(kept) >= -(2n ** 63n) && BigInt(kept) < 2n ** 64n
      // A parser may err by some units of the last place. The first 15 digits of what it finds are
      // the same.
      const double = Number(kept)
      const step = Math.abs(double) * Number.EPSILON
      // No parser takes it for less than the smallest number that is kept.
      return [double - step, double, double + step].every(
        value => Math.abs(value) < 1e-7 || keepable(String(value)) === kept
      )
    }),
    { numRuns: 5_000 }
  )
  t.pass()
})

t.test('and is the number that was written, to 15 digits', async t => {
  fc.assert(
    fc.property(near, text => {
      const kept = keepable(text)
      const value = Number(text)
      if (kept === undefined) return Math.abs(value) < 1e-7 || Math.abs(value) >= 1e15
      return Math.abs(Number(kept) - value) <= Math.abs(value) * 1e-14
    }),
    { numRuns: 5_000 }
  )
  t.pass()
})

t.test('a long literal takes no more than its length', async t => {
  const begun = performance.now()
  for (const text of [
    `1${'0'.repeat(1_000_000)}`,
    `0.${'0'.repeat(1_000_000)}1`,
    '9'.repeat(1_000_000),
    `1.${'5'.repeat(1_000_000)}`,
    `1e-${'9'.repeat(1_000_000)}`
  ])
    keepable(text)
  t.ok(performance.now() - begun < 5_000)
})
