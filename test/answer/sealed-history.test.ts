import t from 'tap'
import { startAsking } from '../helpers/asking.ts'
import { answer, answerOutside } from '../helpers/service.ts'

t.test('the history of an execution that was sealed decides', async t => {
  const all = await startAsking(t)
  const { taskToken, executionArn } = all.sfn.waitCallback()
  await all.ask(
    { id: 'mine', subject: 'Sign off?', taskToken, executionArn },
    { permissions: { write: ['account:alice'] } }
  )
  t.match((await all.state('mine', 'alice')).body, { data: { state: 'pending', canAnswer: true } })
  all.change('mine', { subject: 'Other' })
  t.match(
    await answer(all, all.uri('mine'), { answer: 'SUCCEED' }),
    { status: 409, body: { details: { changed: ['subject'] } } },
    'while it is open, a change counts'
  )
  all.change('mine', { subject: 'Sign off?' })
  await answerOutside(all.sfn, taskToken, {
    answer: 'SUCCEED',
    answeredBy: 'account:bob',
    answeredAt: 'then',
    record: all.uri('mine'),
    answerId: 'x'
  })
  t.match((await all.state('mine', 'alice')).body, {
    data: { state: 'succeeded', answeredBy: 'account:bob', proof: 'history' }
  })
  all.change('mine', { subject: 'Other' })
  t.match((await all.state('mine', 'alice')).body, {
    data: { state: 'succeeded', proof: 'history', changed: ['subject'] }
  })
  t.match(
    await answer(all, all.uri('mine'), { answer: 'FAIL' }),
    { status: 409, body: { details: { answer: 'SUCCEED' } } },
    'also on a question that was changed since'
  )
  t.match(
    (await all.state('mine', 'workflow')).body,
    { data: { proof: 'receipt', answeredBy: 'account:bob' } },
    'and the record has its receipt'
  )
  all.change('mine', {
    answerReceipt: null,
    status: null,
    executionArn: all.sfn.waitCallback().executionArn
  })
  t.match(
    (await all.state('mine', 'alice')).body,
    { data: { state: 'pending', obstacle: 'changed', changed: ['executionArn', 'subject'] } },
    'another execution tells nothing'
  )
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), {
    status: 409,
    body: { details: { changed: ['executionArn', 'subject'] } }
  })
})
