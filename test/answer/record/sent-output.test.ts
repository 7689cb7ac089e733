import t from 'tap'
import { digestOf } from '../../../src/answer/record/sent-output.ts'
import { parseJson } from '../../../src/kinto/json.ts'

const digest = (text: string): string => digestOf({ value: parseJson(text) })

t.test('values that are equal once they are stored have one digest', async t => {
  const rows: [one: string, other: string, isSame: boolean][] = [
    ['{"a":1,"b":[true,null]}', '{"b":[true,null],"a":1}', true],
    ['0.1', '0.10000000000000000555', true],
    ['1', '2', false],
    ['9007199254740993', '9007199254740992', false],
    // Kinto cannot store these, so no decision has them.
    ['1e9999999999', '2e9999999999', false]
  ]
  for (const [one, other, isSame] of rows)
    t.equal(digest(one) === digest(other), isSame, `${one} and ${other}`)
})
