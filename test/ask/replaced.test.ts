import t from 'tap'
import { startAsking } from '../helpers/asking.ts'
import { activityArn, answer, collection } from '../helpers/service.ts'

const sealing = { 'with a secret': undefined, 'without one': {} }

for (const [title, env] of Object.entries(sealing)) {
  t.test(`another question stands there, ${title}`, async t => {
    const all = await startAsking(t, env)
    const [old, next] = [
      all.question({ id: 'mine', extra: 1 }),
      all.question({ id: 'mine', subject: 'Next' })
    ]
    t.match(
      await all.ask(old, { permissions: { write: ['account:alice'], read: ['account:bob'] } }),
      { status: 201 }
    )
    const before = all.stored('mine')
    const puts = all.puts()
    t.match(await all.ask(next), {
      status: 409,
      body: { errno: 122, message: 'This record still waits for an answer to another question.' }
    })
    all.sfn.fault('SendTaskHeartbeat', 'AccessDeniedException', 1)
    const unknown = await all.ask(next)
    t.match(unknown, { status: 503, body: { errno: 201 } })
    t.equal(unknown.headers.get('retry-after'), '3')
    all.kinto.store.collections.set(collection, {
      write: ['account:workflow'],
      'record:create': ['account:asker'],
      read: ['account:asker']
    })
    t.match(await all.ask(next, { user: 'asker' }), {
      status: 409,
      body: { message: 'This id belongs to another question.' }
    })
    t.same(all.stored('mine'), before)
    all.sfn.expire(old.taskToken)
    t.equal(all.puts(), puts + 3, 'each with If-None-Match alone')
    const anew = await all.ask(next, { permissions: { read: ['account:carol'] } })
    t.match(anew, {
      status: 200,
      body: {
        data: { subject: 'Next' },
        permissions: { read: ['account:carol'], write: ['account:workflow'] }
      }
    })
    t.notOk('extra' in all.stored('mine'))
    t.same(
      all.permissions('mine'),
      { read: ['account:carol'], write: ['account:workflow'] },
      'nothing that stood there survives'
    )
    all.sfn.expire(next.taskToken)
    t.match(
      await all.ask(old),
      { status: 410, body: { message: /no longer accepts answers/ } },
      'a step that is over asks nothing'
    )
  })

  t.test(`something that was never asked stands there, ${title}`, async t => {
    const all = await startAsking(t, env)
    for (const data of [
      { subject: 'a squatter' },
      { taskToken: 'no token of AWS' },
      { taskToken: ['T'] },
      { taskToken: 'T', status: 'SUCCEED' }
    ]) {
      all.kinto.store.put(all.uri('mine'), data, { write: ['account:squatter'] })
      t.match(
        await all.ask(all.question({ id: 'mine' })),
        {
          status: 200,
          body: { data: { subject: 'Sign off?' }, permissions: { write: ['account:workflow'] } }
        },
        JSON.stringify(data)
      )
      t.same(all.permissions('mine'), { write: ['account:workflow'] })
    }
  })
}

t.test(
  'a question of an activity takes the place of another one only where nobody waits',
  async t => {
    const all = await startAsking(t)
    const { taskToken } = all.question()
    all.kinto.store.put(
      all.uri('mine'),
      { activityArn, taskToken },
      { write: ['account:squatter'] }
    )
    t.match(await all.ask({ id: 'mine', activityArn }), {
      status: 409,
      body: { message: /still waits/ }
    })
    all.sfn.expire(taskToken)
    t.match(await all.ask({ id: 'mine', activityArn }), {
      status: 200,
      body: { permissions: { write: ['account:workflow'] } }
    })
  }
)

t.test('an answered question makes room, without a word of AWS on it', async t => {
  const all = await startAsking(t)
  const old = all.question({ id: 'mine' })
  await all.ask(old, { permissions: { write: ['account:alice'] } })
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
  const next = all.question({ id: 'mine' })
  all.sfn.calls.length = 0
  t.match(await all.ask(next), { status: 200 })
  t.same(
    all.sfn.calls.map(({ input }) => input['taskToken']),
    [next.taskToken],
    'only the step that asks must wait'
  )
  t.notOk('status' in all.stored('mine') || 'answerReceipt' in all.stored('mine'))
})

t.test('a token that was only bound to its record is sealed with its question', async t => {
  const all = await startAsking(t, { SEAL_SECRET: '5ea1'.repeat(16), ACTIVITY_WAIT_SECONDS: '5' })
  all.sfn.createActivity()
  all.kinto.store.put(
    all.uri('mine'),
    { activityArn, subject: 'In clear' },
    { write: ['account:alice'] }
  )
  all.sfn.scheduleActivity({ input: { record: all.uri('mine') } })
  all.sfn.fault('SendTaskSuccess', 'AccessDeniedException')
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 503 })
  t.match(all.stored('mine')['taskToken'], /^sealed:1:/)
  t.match(await all.ask({ id: 'mine', subject: 'Asked', activityArn }), {
    status: 409,
    body: { message: /still waits/ }
  })
})

t.test('what was sealed under a secret that is not here', async t => {
  for (const env of [{ SEAL_SECRET: '07e4'.repeat(16) }, {}]) {
    const [before, all] = [await startAsking(t), await startAsking(t, env)]
    const question = all.question({ id: 'mine' })
    await before.ask(question)
    all.kinto.store.put(all.uri('mine'), before.stored('mine'), { write: ['account:workflow'] })
    const stored = all.stored('mine')
    t.match(await all.ask(question), {
      status: 503,
      body: { errno: 201, message: /Tell its operator/ }
    })
    t.same(all.stored('mine'), stored)
  }
})

t.test('a live token in a record that names no usable place', async t => {
  const all = await startAsking(t)
  const { taskToken } = all.question()
  all.kinto.store.put(
    all.uri('mine'),
    { taskToken, stateMachineArn: 'nonsense' },
    { write: ['account:workflow'] }
  )
  t.match(
    await all.ask(all.question({ id: 'mine' })),
    { status: 409, body: { message: /still waits/ } },
    'it is looked for where the question that is asked waits'
  )
})
