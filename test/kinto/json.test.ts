import t from 'tap'
import { isJsonObject, parseJson } from '../../src/kinto/json.ts'

t.test('numbers keep their literals', async t => {
  for (const text of [
    '{"a":1.0,"b":9007199254740993,"c":[-0.0,1e400],"d":"1.0"}',
    '[]',
    'null',
    '0.10',
    '{"__proto__":{"x":1.50}}'
  ]) {
    t.equal(JSON.stringify(parseJson(text)), text)
  }
})

t.test('a number is no object, and neither is a list', async t => {
  for (const text of ['1', '[]', 'null', '"x"', 'true'])
    t.notOk(isJsonObject(parseJson(text)), text)
  t.ok(isJsonObject(parseJson('{}')))
})

t.test('what cannot be read is an error', async t => {
  t.throws(() => parseJson('{'), SyntaxError)
  t.throws(() => parseJson('['.repeat(500_000) + ']'.repeat(500_000)), RangeError)
})
