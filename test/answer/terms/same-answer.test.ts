import t from 'tap'
import { startAsking } from '../../helpers/asking.ts'
import { answer } from '../../helpers/service.ts'

const writers = { write: ['account:alice', 'account:bob'] }
const refund = { label: 'Refund', answer: 'SUCCEED' }
const refuse = { label: 'Refuse', answer: 'FAIL', error: 'Refused', comment: 'required' }
const choices = [
  refund,
  { label: 'Voucher', answer: 'SUCCEED' },
  refuse,
  { label: 'Drop', answer: 'FAIL' }
]
const two = [refund, refuse]

t.test('the same answer is the same choice', async t => {
  const rows: [title: string, body: object, status: number][] = [
    ['the same choice', { choice: 'Refund' }, 200],
    ['with its answer', { choice: 'Refund', answer: 'SUCCEED' }, 200],
    ['another choice', { choice: 'Voucher' }, 409],
    ['another answer', { choice: 'Drop' }, 409],
    ['an answer that says neither', { answer: 'SUCCEED' }, 409],
    ['a choice that is not there', { choice: 'Other' }, 409]
  ]
  for (const env of [{}, undefined]) {
    const all = await startAsking(t, env)
    await all.ask(all.question({ id: 'r', choices }), { permissions: writers })
    const first = await answer(all, all.uri('r'), { choice: 'Refund' })
    t.equal(first.status, 200)
    const { answeredAt } = first.body.stepfunction
    for (const [title, body, status] of rows) {
      const reply = await answer(all, all.uri('r'), body, 'bob')
      t.equal(reply.status, status, title)
      const decision = {
        answer: 'SUCCEED',
        choice: 'Refund',
        answeredBy: 'account:alice',
        answeredAt
      }
      t.match(status === 200 ? reply.body.stepfunction : reply.body.details, decision, title)
      if (status === 409)
        t.equal(
          reply.body.message,
          `This step was already answered: account:alice said SUCCEED (Refund) on ${answeredAt}.`
        )
    }
    t.match(all.stored('r'), { status: 'SUCCEED', choice: 'Refund' })
  }
})

t.test('what is not known of the first answer does not count', async t => {
  const rows: [title: string, output: object, body: object, status: number][] = [
    ['a history of before', {}, { choice: 'Voucher' }, 200],
    ['and another answer', {}, { choice: 'Drop' }, 409],
    ['and a choice that is not there', {}, { choice: 'Other' }, 409],
    ['a history that says the choice', { choice: 'Voucher' }, { choice: 'Voucher' }, 200],
    ['another one', { choice: 'Voucher' }, { choice: 'Refund' }, 409]
  ]
  const all = await startAsking(t, {})
  for (const [index, [title, more, body, status]] of rows.entries()) {
    const step = all.sfn.waitCallback()
    const uri = all.uri(`r${index}`)
    all.kinto.store.put(uri, { ...step, choices }, writers)
    await all.elsewhere(step.taskToken, {
      answer: 'SUCCEED',
      answeredBy: 'account:eve',
      answeredAt: 'then',
      record: uri,
      answerId: 'x',
      ...more
    })
    t.equal((await answer(all, uri, body)).status, status, title)
    t.match(
      all.stored(`r${index}`),
      { status: 'SUCCEED', answeredBy: 'account:eve', ...more },
      title
    )
  }
})

t.test("somebody's own retry, though the question was changed meanwhile", async t => {
  for (const withReceipt of [true, false]) {
    const all = await startAsking(t)
    const { taskToken, executionArn } = all.sfn.waitCallback()
    const question = { id: 'r', taskToken, executionArn, choices: two, stateMachineArn: null }
    await all.ask(question, { permissions: writers })
    t.match(await answer(all, all.uri('r'), { answer: 'SUCCEED' }), { status: 200 })
    for (const changed of [null, 'x', [{ label: 'Refund', answer: 'FAIL' }]]) {
      all.change('r', { choices: changed, ...(!withReceipt && { answerReceipt: null }) })
      const reply = await answer(all, all.uri('r'), { choice: 'Refund' })
      t.match(reply, { status: 200, body: { stepfunction: { outcome: 'already_applied' } } })
    }
    all.change('r', { choices: null })
    t.equal((await answer(all, all.uri('r'), { answer: 'SUCCEED' })).status, 200)
    t.equal((await answer(all, all.uri('r'), { answer: 'FAIL' })).status, 409)
  }
})
