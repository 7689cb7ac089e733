import t from 'tap'
import { isStorable, notStorable, whyNotStorable } from '../../src/kinto/storable.ts'

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

t.test('what every Kinto can store', async t => {
  t.ok(isStorable('a\nb😀'))
  for (const text of ['a\0b', '\ud800', '\udc00a']) {
    t.notOk(isStorable(text))
    for (const value of [text, [text], { a: [{ b: text }] }, { [text]: 1 }])
      t.equal(whyNotStorable(value), notStorable)
  }
  for (const value of [undefined, null, true, 1, JSON.rawJSON('1.0'), [], {}, { a: [{ b: 'c' }] }])
    t.equal(whyNotStorable(value), undefined)
})

t.test('numbers', async t => {
  for (const literal of ['0', '-0.0', '1e307', '18446744073709551616', '1e-307', '-9.99e307'])
    t.equal(whyNotStorable([JSON.rawJSON(literal)]), undefined, literal)
  for (const literal of ['1e308', '-1e400', '9.99e-308', '1e-400', '1e9999999999'])
    t.match(whyNotStorable({ a: [JSON.rawJSON(literal)] }), /write it as text/, literal)
})

t.test('how deep', async t => {
  t.equal(whyNotStorable(nested(64)), undefined)
  t.match(whyNotStorable(nested(65)), /deeper than 64 levels/)
})
