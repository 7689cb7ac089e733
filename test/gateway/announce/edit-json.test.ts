import t from 'tap'
import { editJson, type Edit } from '../../../src/gateway/announce/edit-json.ts'

const cases: Array<[name: string, before: string, edits: Edit[], after: string | undefined]> = [
  ['a new member', '{"a":1.0}', [[['b'], 'x']], '{"a":1.0,"b": "x"}'],
  ['the first member', '{"a":{ }}', [[['a', 'b'], null]], '{"a":{"b": null }}'],
  ['a member that is there', '{"a":[1.0,{}],"b":1e400}', [[['a'], 2]], '{"a":2,"b":1e400}'],
  ['the end of an array', '{"a":[1.0]}', [[['a', 1], 2]], '{"a":[1.0,2]}'],
  ['an array that is not there', '{}', [[['a', 0], 2]], '{"a": [2]}'],
  [
    'several',
    '{"a":{"b":"\\u00e9"}}',
    [
      [['a', 'c'], 1],
      [['d'], 2]
    ],
    '{"a":{"b":"\\u00e9","c": 1},"d": 2}'
  ],
  ['a comment is not JSON', '{"a":1 /* one */}', [[['b'], 1]], undefined],
  ['a comma too many', '{"a":1,}', [[['b'], 1]], undefined],
  ['no object', '[1]', [[['b'], 1]], undefined]
]
for (const [name, before, edits, after] of cases) {
  t.test(name, async t => {
    t.equal(editJson(Buffer.from(before), () => edits)?.toString(), after)
  })
}

t.test('the edits may depend on the object, and there may be none', async t => {
  t.equal(
    editJson(Buffer.from('{"a":1}'), ({ b }) => (b === undefined ? undefined : [])),
    undefined
  )
})

t.test('text that is not UTF-8', async t => {
  t.equal(
    editJson(Buffer.from('{"a":"\xe9"}', 'latin1'), () => []),
    undefined
  )
})
