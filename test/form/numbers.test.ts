import * as fc from 'fast-check'
import t from 'tap'
import { compare } from '../../src/form/numbers.ts'
import { faultsOf, resultOf } from './checks.ts'

// Each number is told from its neighbours that are the same double.
const cases: readonly (readonly [field: string, fitting: string[], others: string[]])[] = [
  [
    '{"type":"integer"}',
    ['12.0', '1e3', '120e-1', '-0.0', '1e400', '9007199254740993', '123456789012345678901.0'],
    ['12.5', '1e-400', '1.00000000000000000001', '9007199254740993.5', '"12"', 'null']
  ],
  ['{"type":"number"}', ['1e400', '9007199254740993', '0.1'], ['"9007199254740993"', '{}']],
  [
    '{"maximum":9007199254740992}',
    ['9007199254740992', '9007199254740992.0', '-1e400', '-9007199254740993', '0'],
    ['9007199254740993', '9007199254740992.00001', '1e400']
  ],
  [
    '{"exclusiveMaximum":9007199254740993}',
    ['9007199254740992', '9007199254740992.99'],
    ['9007199254740993', '90071992547409930e-1']
  ],
  [
    '{"minimum":-9007199254740993}',
    ['-9007199254740993', '-9007199254740992', '0', '1e400'],
    ['-9007199254740993.1', '-9007199254740994', '-1e400']
  ],
  ['{"exclusiveMinimum":0}', ['1e-400', '1'], ['0', '-0', '-1e-400', '0e400']],
  ['{"minimum":0.1}', ['0.1', '0.10000000000000000001'], ['0.09999999999999999999']],
  ['{"maximum":0.00000000000000000001}', ['0', '1e-20', '-5'], ['1.1e-20']],
  ['{"minimum":-1e-400}', ['0', '0.0000', '-1e-401'], ['-1.1e-400']],
  [
    '{"enum":[9007199254740993,1.0]}',
    ['9007199254740993', '9007199254740993.0', '9.007199254740993e15', '1', '10e-1'],
    ['9007199254740992', '9007199254740994', '1.00000000000000000001', '"9007199254740993"']
  ],
  ['{"const":[1e400]}', ['[1e400]', '[10e399]'], ['[1e401]', '["1e400"]', '[-1e400]']],
  ['{"multipleOf":0.01}', ['0.07', '1.15', '4.35', '0', '1e300'], ['0.071', '1e-3']],
  ['{"multipleOf":3}', ['9007199254740993', '3e400', '-6', '0.0'], ['9007199254740992', '1e400']],
  ['{"multipleOf":9007199254740993}', ['18014398509481986'], ['18014398509481984', '0.5']],
  [
    '{"uniqueItems":true}',
    ['[9007199254740993,9007199254740992]', '[1e400,1e401]', '[1,"1"]'],
    ['[9007199254740993,9007199254740993.0]', '[1,1.0]', '[{"b":1e400},{"b":10e399}]']
  ],
  ['{"maxLength":18446744073709551615}', ['"text"'], []],
  ['{"minItems":18446744073709551615}', [], ['[]']],
  ['{"required":["b"],"minProperties":1}', ['9007199254740993', '{"b":1}'], ['{}']]
]

t.test('numbers are looked at as they were written', async t => {
  for (const [field, fitting, others] of cases) {
    const form = `{"type":"object","properties":{"a":${field}}}`
    for (const value of fitting)
      t.strictSame(await faultsOf(form, `{"a":${value}}`), [], `${field} ${value}`)
    for (const value of others)
      t.not((await faultsOf(form, `{"a":${value}}`)).length, 0, `not ${field} ${value}`)
  }
})

t.test('and are told as they are', async t => {
  const form = '{"type":"object","properties":{"a":{"enum":[9007199254740993,1e400,0.1e-7]}}}'
  t.strictSame(await faultsOf(form, '{"a":1}'), ['a: Must be 9007199254740993, 1e400 or 1e-8'])
})

t.test('a text that looks like a number, or like what stands for one, is a text', async t => {
  const form = '{"type":"object","additionalProperties":{"type":"string"}}'
  const texts = ['9007199254740993', '\\"9007199254740993', '1e400', '\\\\', '{\\"a\\":1e400}']
  const output = `{${texts.map(text => `"${text}":"${text}"`).join(',')}}`
  t.strictSame(await faultsOf(form, output), [])
})

t.test('a number that nobody can compare is no output', async t => {
  t.strictSame(await resultOf('{"type":"object"}', '{"a":1e9999999999}'), {
    faults: [{ path: [], description: 'Must not hold a number with an exponent of ten digits' }]
  })
})

t.test('whole numbers compare and divide as BigInts do', async t => {
  const whole = fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n })
  await fc.assert(
    fc.asyncProperty(whole, whole, fc.integer({ min: 1, max: 5 }), async (a, b, factor) => {
      t.equal(await fits(`{"minimum":${a}}`, b), b >= a)
      t.equal(await fits(`{"exclusiveMaximum":${a}}`, a), false)
      const size = a < 0n ? -a : a + 1n
      t.equal(await fits(`{"multipleOf":${size}}`, b), b % size === 0n)
      t.ok(await fits(`{"multipleOf":${size}}`, size * BigInt(factor)))
    }),
    { numRuns: 100 }
  )
})

t.test('only numbers compare', async t => {
  t.throws(() => compare('1', 1), TypeError)
  t.throws(() => compare(1, null), TypeError)
})

async function fits(field: string, value: bigint): Promise<boolean> {
  const form = `{"type":"object","properties":{"a":${field}}}`
  return (await faultsOf(form, `{"a":${value}}`)).length === 0
}
