import t from 'tap'
import { startAsking } from '../helpers/asking.ts'
import { activityArn, answer, call, collection, stateMachineArn } from '../helpers/service.ts'

const writers = { write: ['account:alice'] }
const token = {
  status: 400,
  body: { errno: 107, details: [{ location: 'record', name: 'taskToken' }] }
}

t.test('a token that was moved, altered, or sealed with another secret', async t => {
  const [all, other] = [
    await startAsking(t),
    await startAsking(t, { SEAL_SECRET: '07e4'.repeat(16) })
  ]
  const question = all.question({ id: 'mine' })
  await all.ask(question)
  await other.ask(question)
  const sealed = String(all.stored('mine')['taskToken'])
  const put = (id: string, data: object): void => {
    all.kinto.store.put(all.uri(id), { subject: 'Sign off?', stateMachineArn, ...data }, writers)
  }
  put('elsewhere', { taskToken: sealed })
  t.match(await answer(all, all.uri('elsewhere'), { answer: 'SUCCEED' }), {
    ...token,
    body: { message: /sealed for another record, or was altered/ }
  })
  for (const taskToken of ['sealed:1:', 'sealed:2:AAAA', `${sealed}A`, 'sealed:']) {
    put('mine', { taskToken, status: 'SUCCEED' })
    t.match(
      await answer(all, all.uri('mine'), { answer: 'SUCCEED' }),
      token,
      taskToken.slice(0, 20)
    )
    t.match(
      await all.state('mine', 'alice'),
      { body: { data: { state: 'pending', canAnswer: false, obstacle: 'record' } } },
      'and its status proves nothing'
    )
  }
  put('mine', { taskToken: other.stored('mine')['taskToken'] })
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), {
    ...token,
    body: { message: /a secret that this service does not have/ }
  })
  t.same(all.sfn.calls, [])
  const metrics = await call(`${all.adminUrl}/metrics`)
  t.match(metrics.text, /records_read_total\{token="moved"\} 9/)
  t.match(metrics.text, /records_read_total\{token="unknown key"\} 1/)
})

t.test('without a secret nothing that was sealed is sent to AWS', async t => {
  const [before, all] = [await startAsking(t), await startAsking(t, {})]
  await before.ask(before.question({ id: 'mine' }))
  all.kinto.store.put(all.uri('mine'), before.stored('mine'), writers)
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), token)
  t.same(all.sfn.calls, [])
  for (const taskToken of ['sealed:', 'sealed:1:AAAA', 'sealed:2:x']) {
    all.kinto.store.put(all.uri('mine'), { taskToken }, writers)
    t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), token, taskToken)
  }
  t.same(all.sfn.calls, [])
  const question = all.question({ id: 'clear' })
  t.match(await all.ask(question), {
    status: 201,
    body: { data: { taskToken: question.taskToken } }
  })
  t.match(
    await all.ask({ ...question, subject: 'Other' }),
    { status: 200, body: { data: { subject: 'Sign off?' } } },
    'one token has one question, here too'
  )
  const ofActivity = { id: 'later', subject: 'x', activityArn }
  t.match(await all.ask(ofActivity), { status: 201 })
  t.match(await all.ask(ofActivity), { status: 200 })
  t.match(await all.ask({ ...ofActivity, subject: 'y' }), {
    status: 200,
    body: { data: { subject: 'y' } }
  })
  all.change('later', { status: 'SUCCEED' })
  t.match(await all.ask(ofActivity), { status: 409, body: { message: /Ask with another id/ } })
})

t.test('where only what was asked counts', async t => {
  const all = await startAsking(t, {
    SEAL_SECRET: '5ea1'.repeat(16),
    SEAL_REQUIRED: collection,
    ACTIVITY_WAIT_SECONDS: '0.2'
  })
  all.sfn.createActivity()
  const refused = {
    ...token,
    body: { ...token.body, message: /was not asked through the service/ }
  }
  const rows: [title: string, data: object][] = [
    ['a token in clear', { taskToken: all.sfn.waitCallback().taskToken }],
    ['an activity', { activityArn }],
    ['nothing', {}],
    ['a status', { status: 'FAIL' }],
    ['a token that is none', { taskToken: 5 }]
  ]
  for (const [title, data] of rows) {
    all.kinto.store.put(all.uri('mine'), { ...data }, writers)
    t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), refused, title)
  }
  all.kinto.store.put(
    all.uri('mine'),
    { status: 'SUCCEED', answeredBy: 'account:bob', stateMachineArn },
    writers
  )
  t.match(
    await all.state('mine', 'alice'),
    {
      body: {
        data: { state: 'succeeded', proof: 'record', answeredBy: 'account:bob', canAnswer: false }
      }
    },
    'what is decided tells what it says'
  )
  t.same(all.sfn.calls, [])
  const { id } = (await all.ask(all.question(), { permissions: writers })).body.data
  t.match(await answer(all, all.uri(id), { answer: 'SUCCEED' }), { status: 200 })
})

t.test('a token of an activity is sealed as its question was', async t => {
  const all = await startAsking(t, { SEAL_SECRET: '5ea1'.repeat(16), ACTIVITY_WAIT_SECONDS: '5' })
  all.sfn.createActivity()
  await all.ask({ id: 'asked', subject: 'Sign off?', activityArn }, { permissions: writers })
  all.kinto.store.put(all.uri('clear'), { subject: 'Sign off?', activityArn }, writers)
  for (const id of ['asked', 'clear']) {
    const { executionArn } = all.sfn.scheduleActivity({ input: { record: all.uri(id) } })
    t.match(
      await answer(all, all.uri(id), { answer: 'SUCCEED' }),
      { status: 200, body: { data: { taskToken: /^sealed:1:/, answerReceipt: /^receipt:/ } } },
      id
    )
    t.equal(all.sfn.execution(executionArn).status, 'SUCCEEDED')
    t.match(await all.state(id, 'alice'), { body: { data: { proof: 'receipt' } } })
  }
})

t.test(
  'a token that is bound to a record does not count where only what was asked does',
  async t => {
    const env = { SEAL_SECRET: '5ea1'.repeat(16), ACTIVITY_WAIT_SECONDS: '5' }
    const [all, strict] = [
      await startAsking(t, env),
      await startAsking(t, { ...env, SEAL_REQUIRED: collection })
    ]
    all.sfn.createActivity()
    all.kinto.store.put(all.uri('mine'), { activityArn }, writers)
    all.sfn.scheduleActivity({ input: { record: all.uri('mine') } })
    t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
    strict.kinto.store.put(all.uri('mine'), all.stored('mine'), writers)
    t.match(await answer(strict, all.uri('mine'), { answer: 'SUCCEED' }), token)
  }
)

t.test('a schema that refuses the receipt, or all but the status', async t => {
  for (const [fields, written] of [
    [
      ['status', 'answeredBy', 'answeredAt', 'comment'],
      { answeredBy: 'account:alice', comment: 'x' }
    ],
    [['status'], {}]
  ] as const) {
    const all = await startAsking(t)
    await all.ask(all.question({ id: 'mine' }), { permissions: writers })
    all.kinto.store.collections.set(collection, {
      write: ['account:workflow'],
      fields: [...fields]
    })
    t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED', comment: 'x' }), {
      status: 200,
      body: { data: { status: 'SUCCEED', ...written } }
    })
    t.notOk('answerReceipt' in all.stored('mine'))
    t.equal('answeredBy' in all.stored('mine'), fields.length > 1)
    t.match(
      await answer(all, all.uri('mine'), { answer: 'SUCCEED' }),
      { status: 200, body: { stepfunction: { outcome: 'already_applied' } } },
      'this process knows'
    )
  }
})
