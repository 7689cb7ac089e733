import { randomUUID } from 'node:crypto'
import t from 'tap'
import { tokenIn } from '../../helpers/sealed.ts'
import { activityArn, answer, collection, stateMachineArn } from '../../helpers/service.ts'
import { startWithActivity, uri, withAccount, writers } from './activity-service.ts'

t.test('a task for several records serves whichever is answered first', async t => {
  const all = await startWithActivity(t, withAccount)
  const ids = [randomUUID(), randomUUID()] as const
  for (const id of ids)
    all.kinto.store.put(
      uri(id),
      { activityArn, executionArn: stateMachineArn.replace('stateMachine', 'execution') + ':e1' },
      writers
    )
  const input = { responses: ids.map(id => ({ body: { data: { id } } })) }
  const executionArn = `${stateMachineArn.replace('stateMachine', 'execution')}:e1`
  let turns = 1
  all.sfn.scheduleActivity({
    input,
    executionArn,
    next: () => (turns++ < 2 ? { activityArn, input } : undefined)
  })
  t.match(await answer(all, uri(ids[1]), { answer: 'SUCCEED' }), {
    status: 200,
    body: { stepfunction: { outcome: 'accepted' } }
  })
  t.equal(
    all.data(uri(ids[0]))['taskToken'],
    undefined,
    'used at once, it is saved only where it is used'
  )
  t.match(await answer(all, uri(ids[1]), { answer: 'SUCCEED' }), {
    status: 200,
    body: { stepfunction: { outcome: 'already_applied' } }
  })
  t.match(await answer(all, uri(ids[0]), { answer: 'SUCCEED' }), {
    status: 200,
    body: { stepfunction: { outcome: 'accepted' } }
  })
  t.equal(all.sfn.execution(executionArn).status, 'SUCCEEDED')
  t.equal(all.sfn.callsOf('SendTaskSuccess').length, 2)
})

t.test('saved ahead, it is saved into each of them, and the next turn brings another', async t => {
  const all = await startWithActivity(t, withAccount)
  const executionArn = `${stateMachineArn.replace('stateMachine', 'execution')}:e2`
  const ids = [randomUUID(), randomUUID()] as const
  for (const id of ids) all.kinto.store.put(uri(id), { activityArn, executionArn }, writers)
  const input = { records: ids.map(uri) }
  let turns = 1
  all.sfn.scheduleActivity({
    input,
    executionArn,
    next: () => (turns++ < 2 ? { activityArn, input } : undefined)
  })
  const other = all.asked()
  t.match(await answer(all, other.record, { answer: 'SUCCEED' }), { status: 200 })
  const [inOne, inOther] = ids.map(id => tokenIn(uri(id), all.data(uri(id))['taskToken']))
  t.equal(inOne, inOther)
  t.equal(typeof all.data(uri(ids[0]))['taskToken'], 'string')
  t.match(await answer(all, uri(ids[0]), { answer: 'SUCCEED' }), {
    status: 200,
    body: { stepfunction: { outcome: 'accepted' } }
  })
  t.match(
    await answer(all, uri(ids[1]), { answer: 'SUCCEED' }),
    { status: 200, body: { stepfunction: { outcome: 'accepted' } } },
    "the dead token is replaced by the next turn's"
  )
  t.equal(all.sfn.execution(executionArn).status, 'SUCCEEDED')
})

t.test('an id that stands in two collections tells nothing', async t => {
  const all = await startWithActivity(
    t,
    {
      ...withAccount,
      RESOURCES: `${collection} /buckets/stepfunction/collections/copies`,
      ACTIVITY_WAIT_SECONDS: '0.5'
    },
    300
  )
  all.kinto.store.collections.set('/buckets/stepfunction/collections/copies', {
    write: ['account:workflow']
  })
  const { id, record } = all.asked()
  all.kinto.store.put(
    `/buckets/stepfunction/collections/copies/records/${id}`,
    { activityArn },
    writers
  )
  t.match(await answer(all, record, { answer: 'SUCCEED' }), { status: 409 })
  t.match(await answer(all, record, { answer: 'SUCCEED' }), { status: 409 }, 'and goes on doing so')
  t.match(await all.logged(/kept in memory/), {
    level: 50,
    records: [id],
    err: { type: 'AmbiguousId' }
  })
  all.kinto.store.records.delete(`/buckets/stepfunction/collections/copies/records/${id}`)
  t.match(
    await answer(all, record, { answer: 'SUCCEED' }),
    { status: 200 },
    'looked for again with the next request'
  )
})

t.test('a token whose record does not exist yet is kept', async t => {
  const all = await startWithActivity(t, withAccount)
  const late = all.asked()
  all.kinto.store.records.delete(late.record)
  const now = all.asked()
  t.match(await answer(all, now.record, { answer: 'SUCCEED' }), { status: 200 })
  await all.logged(/kept in memory/)
  all.kinto.store.put(late.record, { activityArn }, writers)
  t.match(await answer(all, late.record, { answer: 'SUCCEED' }), { status: 200 })
  t.equal(all.sfn.execution(late.executionArn).status, 'SUCCEEDED')
})

t.test('Kinto away while a task is looked up: whoever waits for it gets it', async t => {
  const all = await startWithActivity(t, withAccount)
  const { record } = all.asked()
  all.kinto.fault({ method: 'GET', path: '/v1/buckets/stepfunction/collections' }, 'reset')
  t.match(await answer(all, record, { answer: 'SUCCEED' }), { status: 200 })
  await all.logged(/kept in memory/)
})

t.test('collections that come in pages', async t => {
  const all = await startWithActivity(t, withAccount)
  const [late, now] = [all.asked(), all.asked()]
  const path = '/v1/buckets/stepfunction/collections'
  all.kinto.fault({ method: 'GET', path }, (_request, response) => {
    response
      .writeHead(200, { 'next-page': `http://elsewhere.example${path}?_token=2` })
      .end('{"data":[{"id":"others"}]}')
  })
  all.kinto.fault({ method: 'GET', path: `${path}?_token=2` }, (_request, response) => {
    response.end('{"data":[{"id":"steps"},{"no":"id"}]}')
  })
  t.match(await answer(all, now.record, { answer: 'SUCCEED' }), { status: 200 })
  t.equal(typeof all.data(late.record)['taskToken'], 'string')
})

t.test('an account that may not see the collections saves nothing ahead', async t => {
  const all = await startWithActivity(t, withAccount)
  const [late, now] = [all.asked(), all.asked()]
  all.kinto.fault({ method: 'GET', path: '/v1/buckets/stepfunction/collections' }, 403)
  t.match(await answer(all, now.record, { answer: 'SUCCEED' }), { status: 200 })
  t.equal(all.data(late.record)['taskToken'], undefined)
  t.match(await answer(all, late.record, { answer: 'SUCCEED' }), { status: 200 }, 'but keeps it')
})

t.test('an account that may not write a record keeps its token', async t => {
  const all = await startWithActivity(t, withAccount)
  const [late, now] = [all.asked(), all.asked()]
  all.kinto.fault({ method: 'PATCH', path: `/v1${late.record}`, nth: 1 }, 403)
  t.match(await answer(all, now.record, { answer: 'SUCCEED' }), { status: 200 })
  t.match(await all.logged(/kept in memory/), {
    records: [late.id],
    err: { message: /Kinto answered 403/ }
  })
  t.match(await answer(all, late.record, { answer: 'SUCCEED' }), { status: 200 })
})
