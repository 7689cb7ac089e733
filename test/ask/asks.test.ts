import t from 'tap'
import { startAsking } from '../helpers/asking.ts'
import { answer } from '../helpers/service.ts'

t.test('a question is asked, and asked again', async t => {
  const all = await startAsking(t)
  const question = all.question({ amount: 1000, note: 'x', openFields: ['note'] })
  const created = await all.ask(question, { permissions: { write: ['account:alice'] } })
  t.match(created, {
    status: 201,
    body: {
      data: { subject: 'Sign off?', amount: 1000, taskToken: /^sealed:1:/ },
      permissions: { write: ['account:alice', 'account:workflow'] }
    }
  })
  t.ok(created.headers.get('etag'))
  const { id } = created.body.data
  t.equal(created.body.stepfunction.answer, `/v1${all.uri(id)}/stepfunction`)
  t.same(
    all.kinto.requests.map(({ method, url }) => `${method} ${url}`),
    ['POST /v1/buckets/stepfunction/collections/steps/records', `PUT /v1${all.uri(id)}`]
  )
  t.notMatch(JSON.stringify(all.stored(id)), question.taskToken)
  const before = all.stored(id)
  for (const again of [question, { ...question, subject: 'Other' }, { ...question, amount: 1 }]) {
    const { status, body } = await all.ask(again, { permissions: { write: ['account:eve'] } })
    t.match(
      { status, body },
      { status: 200, body: { data: before, stepfunction: created.body.stepfunction } },
      'one token has one question, the first'
    )
  }
  t.same(all.stored(id), before)
  t.same(all.permissions(id), { write: ['account:alice', 'account:workflow'] })
  t.equal(all.sfn.calls.length, 0)
  t.match(await answer(all, all.uri(id), { answer: 'SUCCEED' }), { status: 200 })
  all.change(id, { subject: 'Other' })
  const decided = all.stored(id)
  t.match(
    await all.ask(question),
    { status: 200, body: { data: decided } },
    'decided, it is as it is'
  )
})

t.test('a question that was changed is put back by whoever asked it', async t => {
  const all = await startAsking(t)
  const question = all.question({ note: 'x', openFields: ['note', 'reviewer'] })
  const { id, taskToken } = (await all.ask(question, { permissions: { write: ['account:alice'] } }))
    .body.data
  all.change(id, {
    subject: 'Other',
    extra: 1,
    note: 'y',
    status: 'SUCCEED',
    answeredBy: 'account:eve'
  })
  t.match(
    await all.ask({ ...question, subject: 'Third' }),
    {
      status: 409,
      body: {
        errno: 122,
        message: /changed after it was asked: extra, subject/,
        details: { changed: ['extra', 'subject'] }
      }
    },
    'not by another question'
  )
  const { status, body } = await all.ask(question, { permissions: { write: ['account:eve'] } })
  t.match(
    { status, body },
    {
      status: 200,
      body: {
        data: { subject: 'Sign off?', note: 'y', taskToken },
        permissions: { write: ['account:alice', 'account:workflow'] }
      }
    },
    'its data alone; what is open stays'
  )
  t.same(Object.keys(all.stored(id)).toSorted(), [
    'id',
    'last_modified',
    'note',
    'openFields',
    'stateMachineArn',
    'subject',
    'taskToken'
  ])
  t.match(await all.state(id), { body: { data: { canAnswer: true } } })
})

t.test('what was spoilt under the id of its token is asked anew', async t => {
  for (const spoilt of [{ taskToken: 'sealed:1:AAAA' }, { taskToken: null }, { taskToken: 5 }]) {
    const all = await startAsking(t)
    const question = all.question()
    const { id } = (await all.ask(question, { permissions: { write: ['account:alice'] } })).body
      .data
    all.kinto.store.put(
      all.uri(id),
      { ...all.stored(id), ...spoilt, subject: 'Other' },
      { write: ['account:mallory'] }
    )
    all.kinto.store.collections.set('/buckets/stepfunction/collections/steps', {
      write: ['account:workflow'],
      'record:create': ['account:asker'],
      read: ['account:asker']
    })
    t.match(
      await all.ask(question, { user: 'asker' }),
      { status: 409, body: { message: 'This id belongs to another question.' } },
      'not by who may not write it'
    )
    t.match(await all.ask(question, { permissions: { write: ['account:alice'] } }), {
      status: 200,
      body: { data: { subject: 'Sign off?', taskToken: /^sealed:1:.{40}/ } }
    })
    t.strictSame(
      all.kinto.store.records.get(all.uri(id))?.permissions,
      { write: ['account:alice', 'account:workflow'] },
      'and nobody stays who could write what was there'
    )
    t.match(await all.state(id), { body: { data: { canAnswer: true } } })
  }
})

t.test('what came in clear is sealed when it is asked', async t => {
  const all = await startAsking(t)
  const question = all.question({ id: 'mine' })
  all.kinto.store.put(
    all.uri('mine'),
    { ...question, subject: 'As somebody wrote it', extra: 1 },
    { write: ['account:alice'] }
  )
  t.match(await all.ask(question), {
    status: 200,
    body: {
      data: { subject: 'Sign off?', taskToken: /^sealed:1:/ },
      permissions: { write: ['account:workflow'] }
    }
  })
  t.notOk('extra' in all.stored('mine'))
  all.kinto.store.put(
    all.uri('mine'),
    { ...question, status: 'SUCCEED' },
    { write: ['account:alice'] }
  )
  t.match(
    await all.ask(question),
    { status: 200, body: { data: { status: 'SUCCEED', taskToken: question.taskToken } } },
    'but not what is decided'
  )
})
