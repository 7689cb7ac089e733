import * as fc from 'fast-check'
import t from 'tap'
import { weighJson } from '../../src/kinto/json.ts'

const weigh = (text: string): { values: number; depth: number } => weighJson(Buffer.from(text))

t.test('values and depth', async t => {
  const rows: [text: string, values: number, depth: number][] = [
    ['1', 1, 0],
    ['"x"', 1, 0],
    ['', 1, 0],
    ['[1]', 2, 1],
    ['[1,2,3]', 4, 1],
    ['{"a":1,"b":{"c":[null]}}', 5, 3],
    ['{"a":[1,{"b":2}],"c":"]"}', 6, 3],
    ['"[[,,{"', 1, 0],
    ['"\\\\"', 1, 0],
    ['[]', 2, 1],
    ['["\\"[[", "]"]', 3, 1],
    ['["\\\\",1]', 3, 1],
    ['{"a[,":"\\\\\\"{"}', 2, 1],
    ['[', 2, 1],
    ['"[', 1, 0]
  ]
  for (const [text, values, depth] of rows) t.same(weigh(text), { values, depth }, text)
})

/** Lists and objects are values, too. An empty one counts as two. */
function counted(value: unknown): { values: number; depth: number } {
  if (typeof value !== 'object' || value === null) return { values: 1, depth: 0 }
  const inner = Object.values(value).map(counted)
  return {
    values:
      1 +
      Math.max(
        1,
        inner.reduce((sum, { values }) => sum + values, 0)
      ),
    depth: 1 + Math.max(0, ...inner.map(({ depth }) => depth))
  }
}

t.test('of whatever JSON', async t => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(2), (value, space) => {
      const [found, expected] = [
        weigh(JSON.stringify(value, undefined, space)),
        counted(JSON.parse(JSON.stringify(value)))
      ]
      return found.values === expected.values && found.depth === expected.depth
    })
  )
  t.pass()
})
