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

t.test('the output counts where there was a form, whatever is there by now', async t => {
  const form = { type: 'object' }
  const [asSent, another] = [{ output: { amount: 1 } }, { output: { amount: 999 } }]
  const rows: [title: string, asked: unknown, now: unknown, status: number][] = [
    ['as it was', form, form, 409],
    ['taken away', form, null, 409],
    ['emptied', form, '', 409],
    ['another one', form, { type: 'object', title: 'Other' }, 409],
    ['none', null, null, 200],
    ['put there since', null, form, 200]
  ]
  const ways: [way: string, env: Record<string, string> | undefined, receipt: boolean][] = [
    ['a report', {}, false],
    ['a receipt', undefined, true],
    ['a history', undefined, false]
  ]
  for (const [way, env, withReceipt] of ways) {
    const all = await startAsking(t, env)
    for (const [index, [title, asked, now, status]] of rows.entries()) {
      const [id, { taskToken, executionArn }] = [`r${index}`, all.sfn.waitCallback()]
      const execution = way === 'a history' ? { executionArn, stateMachineArn: null } : {}
      const question = { ...all.question({ id, form: asked }), taskToken, ...execution }
      await all.ask(question, { permissions: writers })
      const say = async (more: object): Promise<number> =>
        (await answer(all, all.uri(id), { answer: 'SUCCEED', ...more }, 'bob')).status
      t.equal(await say(asSent), 200)
      all.change(id, { form: now, ...(!withReceipt && { answerReceipt: null }) })
      t.equal(await say(asSent), 200, `${way}, ${title}: the same`)
      t.equal(await say(another), status, `${way}, ${title}: another one`)
      if (now !== form) t.equal(await say({}), status, `${way}, ${title}: none`)
    }
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
