import t from 'tap'
import { overField, overOf } from '../../../src/answer/record/over.ts'
import { createParts } from '../../helpers/parts.ts'

const ref = { version: 'v1', bucket: 'b', collection: 'c', record: 'r' }
const noted = { at: '2026-12-01T00:00:00.000Z', reason: 'The workflow was stopped.' }

t.test('it counts beside the token that it names', async t => {
  const { reader } = createParts(t)
  const read = (taskToken: unknown, over: unknown) =>
    overOf(reader.glance(ref, { taskToken, over }))
  for (const [title, taskToken, over, expected] of [
    ['its own', 'x', overField(noted, 'x'), noted],
    ['another one', 'y', overField(noted, 'x'), undefined],
    ['none came', undefined, overField(noted, undefined), noted],
    ['one came since', 'x', overField(noted, undefined), undefined],
    ['one that cannot be used', 7, overField(noted, undefined), undefined],
    ['no reason', 'x', { ...overField(noted, 'x'), reason: 7 }, { ...noted, reason: '' }],
    ['no time', 'x', { ...overField(noted, 'x'), at: null }, undefined],
    ['a text', 'x', 'over', undefined],
    ['nothing', 'x', undefined, undefined]
  ] as const)
    t.strictSame(read(taskToken, over), expected, title)
  t.notMatch(JSON.stringify(overField(noted, 'secret-token')), 'secret-token')
})
