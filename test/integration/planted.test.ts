import t from 'tap'
import { isAbsent } from '../../src/answer/record/record.ts'
import type { JsonObject } from '../../src/kinto/json.ts'
import { answer } from '../helpers/service.ts'
import { everyBackend, needs, startWorld } from './seal/world.ts'

const choices = [
  { label: 'Refund', answer: 'SUCCEED' },
  { label: 'Refuse', answer: 'FAIL' }
]
const form = { type: 'object' }
const planted = {
  choice: 'Refund',
  output: { amount: 9_999, no: { deep: 1 } },
  comment: 'gladly',
  answeredBy: 'account:eve',
  answeredAt: '2020-01-01T00:00:00.000Z'
}
const output = { amount: 1, no: null }
const ofAnswer = ['choice', 'output', 'comment', 'answeredBy'] as const

/** An answer by alice, and what it is once it is given. */
const rows: [title: string, asked: JsonObject, said: object, decision: JsonObject][] = [
  ['with nothing else', { choices, form }, { choice: 'Refuse' }, { choice: 'Refuse' }],
  ['to a form', { form }, { answer: 'FAIL' }, {}],
  [
    'to choices',
    { choices },
    { answer: 'FAIL', comment: 'no' },
    { choice: 'Refuse', comment: 'no' }
  ],
  ['with an output', { form }, { answer: 'SUCCEED', output }, { output }],
  ['with all', { choices, form }, { choice: 'Refund', output }, { choice: 'Refund', output }]
]

for (const backend of everyBackend) {
  for (const sealed of [true, false]) {
    const name = `planted words, ${backend}${sealed ? '' : ', in clear'}`
    t.test(name, needs(backend, 'planted words'), async t => {
      const env = sealed ? {} : { SEAL_SECRET: '' }
      const { service, wait, patch, state, read } = await startWorld(t, { backend, env })
      for (const [title, asked, said, decision] of rows) {
        await t.test(`an answer ${title}`, async t => {
          const { uri } = await wait(asked)
          t.equal((await patch(uri, planted, 'bob')).status, 200)
          t.strictSame(ofDecision(await state(uri)), {}, 'nobody has decided')
          const expected = { answeredBy: 'account:alice', ...decision }
          const { status, body } = await answer(service, uri, said)
          t.equal(status, 200)
          t.strictSame(ofDecision(body.data), expected, 'the reply')
          t.strictSame(ofDecision(await read(uri)), expected, 'the record')
          t.strictSame(ofDecision(await state(uri)), expected, 'GET')
          t.notSame((await read(uri))['answeredAt'], planted.answeredAt)
        })
      }

      await t.test('in a record without choices and form two of the names are its own', async t => {
        const { uri } = await wait({})
        await patch(uri, planted, 'bob')
        const { choice, output: own } = planted
        const decision = { answeredBy: 'account:alice' }
        const { body } = await answer(service, uri, { answer: 'SUCCEED' })
        t.strictSame(ofDecision(body.data), { choice, output: own, ...decision })
        t.strictSame(ofDecision(body.stepfunction), decision)
        t.strictSame(ofDecision(await state(uri)), decision)
      })
    })
  }
}

/** The fields of a decision that are there; an empty text is as good as none. */
function ofDecision(data: JsonObject): JsonObject {
  const there = ofAnswer.filter(name => !isAbsent(data[name]))
  return Object.fromEntries(there.map(name => [name, data[name]]))
}
