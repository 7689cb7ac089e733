import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import t from 'tap'
import { parseJson } from '../../src/kinto/json.ts'
import { canonicalJson } from '../../src/seal/canonical.ts'
import { readDecimal } from '../../src/seal/decimal.ts'
import { framed } from '../../src/seal/framed.ts'

const canonical = (text: string): string => canonicalJson(parseJson(text))

const spellings: [text: string, canonical: string][] = [
  ['0', '0'],
  ['-0', '0'],
  ['0.00', '0'],
  ['0e99', '0'],
  ['0e9999999999', '0'],
  ['1', '0.1e1'],
  ['1.0', '0.1e1'],
  ['10e-1', '0.1e1'],
  ['0.001E+3', '0.1e1'],
  ['1000', '0.1e4'],
  ['1e3', '0.1e4'],
  ['-12.50', '-0.125e2'],
  ['9007199254740993', '0.9007199254740993e16'],
  ['1e-7', '0.1e-6'],
  ['1e9999999999', '1e9999999999'],
  ['"a\\u0062"', '"ab"'],
  ['null', 'null'],
  ['true', 'true'],
  ['[ 1 , "1" ]', '[0.1e1,"1"]'],
  ['{"b":{"d":1,"c":[]},"a":{}}', '{"a":{},"b":{"c":[],"d":0.1e1}}'],
  ['{"__proto__":1,"a":2}', '{"__proto__":0.1e1,"a":0.2e1}']
]

t.test('one text for each value', async t => {
  for (const [text, expected] of spellings) t.equal(canonical(text), expected, text)
})

const value = fc.jsonValue({ noUnicodeString: false })

/** The same value with its keys the other way round. */
function turned(item: unknown): unknown {
  if (Array.isArray(item)) return item.map(turned)
  return typeof item === 'object' && item !== null
    ? Object.fromEntries(
        Object.entries(item)
          .toReversed()
          .map(([key, inner]) => [key, turned(inner)])
      )
    : item
}

t.test('whatever the order of keys', async t => {
  fc.assert(
    fc.property(
      value,
      item =>
        canonical(JSON.stringify(item)) === canonical(JSON.stringify(turned(item), undefined, 3))
    )
  )
  t.pass()
})

t.test('nothing of the value is lost in it, so two values have two texts', async t => {
  fc.assert(
    fc.property(value, item => {
      const text = JSON.stringify(item)
      return isDeepStrictEqual(JSON.parse(canonical(text)), JSON.parse(text))
    })
  )
  t.pass()
})

const digits = fc.stringMatching(/^[1-9][0-9]{0,30}$/)
const zeros = fc.nat(20).map(count => '0'.repeat(count))

t.test('whatever the spelling of a number', async t => {
  fc.assert(
    fc.property(
      digits,
      fc.boolean(),
      zeros,
      fc.nat(60),
      fc.integer({ min: -40, max: 40 }),
      (all, negative, trailing, point, shift) => {
        const sign = negative ? '-' : ''
        const plain = `${sign}${all}e${shift}`
        const whole = all.slice(0, point) || '0'
        const fraction = all.slice(point) + trailing
        const decimals = fraction === '' ? '' : `.${fraction}`
        const exponent = shift + all.length - Math.min(point, all.length)
        const other = `${sign}${whole}${decimals}E${exponent >= 0 ? '+' : ''}${exponent}`
        return canonical(plain) === canonical(other)
      }
    )
  )
  fc.assert(
    fc.property(
      digits,
      digits,
      fc.integer({ min: -9, max: 9 }),
      fc.integer({ min: -9, max: 9 }),
      (a, b, x, y) => {
        const same = BigInt(a) * 10n ** BigInt(x + 9) === BigInt(b) * 10n ** BigInt(y + 9)
        return (
          (canonical(`${a}e${x}`) === canonical(`${b}e${y}`)) === same &&
          canonical(`${a}e${x}`) !== canonical(`-${a}e${x}`)
        )
      }
    )
  )
  t.pass()
})

t.test('a number by its decimal value', async t => {
  t.same(readDecimal('-12.340e1'), { negative: true, digits: '1234', magnitude: 3 })
  t.same(readDecimal('0.00120'), { negative: false, digits: '12', magnitude: -2 })
  t.equal(readDecimal('1e1000000001'), undefined)
  t.equal(readDecimal('1e-1000000001'), undefined)
  t.match(readDecimal('1e1000000000'), { magnitude: 1_000_000_001 })
})

t.test('a long text takes no more than its length', async t => {
  const size = 1024 * 1024
  const texts = [
    '9'.repeat(size),
    `1${'0'.repeat(size)}`,
    `0.${'0'.repeat(size)}1`,
    `1${'0'.repeat(size)}1${'0'.repeat(size)}`,
    `1e${'0'.repeat(size)}1`,
    `{${Array.from({ length: 100_000 }, (_none, index) => `"${100_000 - index}":1`).join()}}`,
    `${'['.repeat(500)}${'1,'.repeat(size / 2)}1${']'.repeat(500)}`
  ]
  for (const text of texts) {
    const begun = performance.now()
    canonical(text)
    // It takes some 50 ms. A time that grows as the square of the length would be minutes.
    t.ok(performance.now() - begun < 5_000, text.slice(0, 20))
  }
})

t.test('no two lists of texts are framed alike', async t => {
  const list = fc.array(fc.string({ unit: 'binary', maxLength: 5 }), { maxLength: 4 })
  fc.assert(
    fc.property(list, list, (a, b) => {
      const [first, second] = [a, b].map(texts => texts.map(text => text.toWellFormed()))
      return (
        framed(...(first ?? [])).equals(framed(...(second ?? []))) ===
        (JSON.stringify(first) === JSON.stringify(second))
      )
    })
  )
  t.notSame(framed('a', 'bc'), framed('ab', 'c'))
  t.notSame(framed('', 'a'), framed('a', ''))
  t.equal(framed('é').toString('hex'), '0000000000000002c3a9')
  t.equal(framed().length, 0)
})
