import t from 'tap'
import { editJson } from '../../../src/gateway/announce/edit-json.ts'
import { isJsonObject, type JsonObject } from '../../../src/kinto/json.ts'

function withB(object: JsonObject): JsonObject {
  return { ...object, b: 'x' }
}

function innerObject({ a }: JsonObject): JsonObject | undefined {
  return isJsonObject(a) ? a : undefined
}

function edited(text: string): string | undefined {
  return editJson(Buffer.from(text), withB)?.toString()
}

const cases: Array<[name: string, before: string, after: string | undefined]> = [
  ['a new member stands at the end', '{"a":1}', '{"a":1,"b":"x"}'],
  ['a member that is there keeps its place', '{"b":[1],"c":2}', '{"b":"x","c":2}'],
  ['nothing but this', '{}', '{"b":"x"}'],
  [
    'numbers keep their literal text',
    '{"a":[1.0,-0.0,1e400,1E+2],"c":9007199254740993}',
    '{"a":[1.0,-0.0,1e400,1E+2],"c":9007199254740993,"b":"x"}'
  ],
  [
    'names that are numbers keep their place',
    '{"z":{"default":1,"404":2,"200":{"1":"7"}},"5":0}',
    '{"z":{"default":1,"404":2,"200":{"1":"7"}},"5":0,"b":"x"}'
  ],
  [
    'text that looks like such names',
    '{"a":"\\"1\\":","say \\"2":"{\\"3\\":4}","5\\"":["6"]}',
    '{"a":"\\"1\\":","say \\"2":"{\\"3\\":4}","5\\"":["6"],"b":"x"}'
  ],
  [
    'text is escaped as Kinto does it',
    '{"\\u00DC":"é😀\\uD83D\\uDE00\\ud800\\n\\"\\\\"}',
    '{"\\u00DC":"\\u00E9\\uD83D\\uDE00\\uD83D\\uDE00\\ud800\\n\\"\\\\","b":"x"}'
  ],
  ['white space goes', ' {\n "a" : { }\t}\n', '{"a":{},"b":"x"}'],
  ['names of the language', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1},"b":"x"}'],
  ['a comment is not JSON', '{"a":1 /* one */}', undefined],
  ['a comma too many', '{"a":1,}', undefined],
  ['no object', '[1]', undefined],
  ['a mark in front', '\u{feff}{}', undefined],
  ['nested too deeply', `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, undefined]
]
for (const [name, before, after] of cases) {
  t.test(name, async t => {
    t.equal(edited(before), after)
    if (after !== undefined) t.same({ ...JSON.parse(before), b: 'x' }, JSON.parse(after))
  })
}

t.test('the edit may depend on the object, and there may be none', async t => {
  t.equal(editJson(Buffer.from('{"a":1}'), innerObject), undefined)
  t.equal(editJson(Buffer.from('{"a":{"c":1.0}}'), innerObject)?.toString(), '{"c":1.0}')
})

t.test('text that is not UTF-8', async t => {
  t.equal(editJson(Buffer.from('{"a":"\xe9"}', 'latin1'), withB), undefined)
})
