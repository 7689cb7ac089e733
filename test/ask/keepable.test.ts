import t from 'tap'
import { keepableFields } from '../../src/ask/keepable.ts'
import { parseJson, type JsonObject } from '../../src/kinto/json.ts'
import { caught } from '../helpers/caught.ts'

function parsed(text: string): JsonObject {
  return parseJson(text) as JsonObject
}

/** `levels` lists or objects, one inside the other. The object of the fields counts as one. */
function nested(levels: number, open = '[', close = ']'): string {
  return `{"deep":${open.repeat(levels - 1)}1${close.repeat(levels - 1)}}`
}

t.test('fields come out as they can be kept', async t => {
  const kept = keepableFields(
    parsed(
      '{"subject":"é😀","n":1e3,"list":[1.50,{"a":-0,"b":null,"c":true}],"empty":{},"__proto__":2.0}'
    )
  )
  t.equal(
    JSON.stringify(kept),
    '{"subject":"é😀","n":1000,"list":[1.5,{"a":0,"b":null,"c":true}],"empty":{},"__proto__":2}'
  )
  t.equal(Object.getPrototypeOf(kept), Object.prototype)
})

const hundred = Array.from({ length: 100 }, (_none, index) => `"f${index}":1`).join()

t.test('what just fits', async t => {
  for (const text of [
    nested(64),
    nested(64, '{"a":', '}'),
    `{${hundred}}`,
    `{"list":[${'1,'.repeat(10_000)}1]}`,
    '{"a":{"__permissions__":1}}'
  ])
    t.doesNotThrow(() => keepableFields(parsed(text)))
})

const refused: [title: string, text: string, name: string][] = [
  ['U+0000 in a text', '{"a":"x\\u0000"}', 'a'],
  ['U+0000 deep inside', '{"a":[{"b":"\\u0000"}]}', 'a'],
  ['U+0000 in a key', '{"a":{"\\u0000":1}}', 'a'],
  ['U+0000 in a name', '{"a\\u0000":1}', 'a\0'],
  ['half a surrogate pair', '{"a":"\\ud83d"}', 'a'],
  ['the other half', '{"a":["\\ude00x"]}', 'a'],
  ['half in a key', '{"a":{"\\ud83d":1}}', 'a'],
  ['half in a name', '{"\\ud83d":1}', '\ud83d'],
  ['65 lists', nested(65), 'deep'],
  ['65 objects', nested(65, '{"a":', '}'), 'deep'],
  ['hundreds of lists', nested(600), 'deep'],
  ['101 fields', `{${hundred},"one":1}`, 'data'],
  ["Kinto's own name", '{"__permissions__":{"write":["system.Everyone"]}}', '__permissions__'],
  ['a large number', '{"a":1e300}', 'a'],
  ['a large number deep inside', '{"a":{"b":[18446744073709551616]}}', 'a'],
  ['a small number', '{"a":1e-8}', 'a']
]

for (const [title, text, name] of refused) {
  t.test(`refused: ${title}`, async t => {
    const error = caught(() => keepableFields(parsed(text)))
    t.match(error, { problem: { status: 400, errno: 107, details: [{ location: 'body', name }] } })
  })
}
