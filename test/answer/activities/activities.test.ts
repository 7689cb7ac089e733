import { randomUUID } from 'node:crypto'
import { pino } from 'pino'
import t from 'tap'
import { Activities } from '../../../src/answer/activities/activities.ts'
import { RecordReader } from '../../../src/answer/record/reader.ts'
import { KintoSession } from '../../../src/kinto/session.ts'
import { createUpstream } from '../../../src/kinto/upstream.ts'
import { createStepFunctions } from '../../../src/stepfunctions/clients.ts'
import { sealSecret } from '../../helpers/combination.ts'
import { tokenIn } from '../../helpers/sealed.ts'
import { credentials, region, startStepFunctions } from '../../helpers/step-functions.ts'
import { probe, startKinto } from '../../helpers/kinto.ts'
import {
  activityArn,
  answer,
  as,
  call,
  collection,
  startAll,
  stateMachineArn
} from '../../helpers/service.ts'

const writers = { write: ['account:alice'] }
const own = { KINTO_AUTHORIZATION: as('workflow') }
const uri = (id: string): string => `${collection}/records/${id}`

async function start(
  t: Parameters<typeof startAll>[0],
  env: Record<string, string> = {},
  pollMs = 1_000
) {
  const all = await startAll(t, {
    env: { ACTIVITY_WAIT_SECONDS: '5', ...sealSecret('set'), ...env },
    pollMs
  })
  all.sfn.createActivity()
  /** A record whose execution waits for the activity. */
  const asked = (
    input: (id: string) => unknown = id => ({ posted: { data: { id } } }),
    fields: object = {}
  ): { id: string; record: string; executionArn: string } => {
    const id = randomUUID()
    const { executionArn } = all.sfn.scheduleActivity({ input: input(id) })
    all.kinto.store.put(uri(id), { activityArn, stateMachineArn, ...fields }, writers)
    return { id, record: uri(id), executionArn }
  }
  const data = (record: string) => all.kinto.store.records.get(record)?.data ?? {}
  return { ...all, asked, data }
}

t.test('the token of the waiting task is saved in the record, then used', async t => {
  const all = await start(t)
  const { record, executionArn } = all.asked()
  t.match(await answer(all, record, { answer: 'SUCCEED' }), {
    status: 200,
    body: { data: { status: 'SUCCEED', taskToken: /./ } }
  })
  const [save, update] = all.kinto.requests.filter(
    ({ method, rawHeaders }) => method === 'PATCH' && !rawHeaders.includes(probe)
  )
  t.match(JSON.parse(String(save?.body)), { data: { taskToken: all.data(record)['taskToken'] } })
  t.match(JSON.parse(String(update?.body)), { data: { status: 'SUCCEED' } })
  t.equal(all.sfn.execution(executionArn).status, 'SUCCEEDED')
})

t.test('two executions wait on one activity: a record gets its own task', async t => {
  await t.test('the other token waits in memory', async t => {
    const all = await start(t)
    const [first, second] = [all.asked(), all.asked()]
    t.match(await answer(all, second.record, { answer: 'FAIL' }), { status: 200 })
    t.equal(all.sfn.execution(second.executionArn).status, 'FAILED')
    t.equal(all.sfn.execution(first.executionArn).status, 'RUNNING')
    t.equal(all.data(first.record)['taskToken'], undefined)
    t.match(await answer(all, first.record, { answer: 'SUCCEED' }), { status: 200 })
    t.equal(all.sfn.execution(first.executionArn).status, 'SUCCEEDED')
    t.equal(all.sfn.maxPollsOpen(), 1)
  })

  await t.test('with an own account the other token is saved in its record', async t => {
    const all = await start(t, own)
    const [first, second] = [all.asked(id => ({ record: uri(id) })), all.asked()]
    t.match(await answer(all, second.record, { answer: 'SUCCEED' }), { status: 200 })
    t.equal(typeof all.data(first.record)['taskToken'], 'string')
    const elsewhere = all.sfn.callsOf('GetActivityTask').length
    t.match(await answer(all, first.record, { answer: 'SUCCEED' }), { status: 200 })
    t.equal(all.sfn.callsOf('GetActivityTask').length, elsewhere, 'nothing was polled for it')
  })
})

t.test('no task for this record', async t => {
  const all = await start(t, { ACTIVITY_WAIT_SECONDS: '0.2' }, 300)
  const other = all.asked()
  const id = randomUUID()
  all.kinto.store.put(uri(id), { activityArn }, writers)
  const { status, body } = await answer(all, uri(id), { answer: 'SUCCEED' })
  t.match(
    { status, body },
    { status: 409, body: { errno: 122, message: /No task of the activity came/ } }
  )
  t.match(
    await answer(all, other.record, { answer: 'SUCCEED' }),
    { status: 200 },
    "the other record's task was kept"
  )
})

t.test('an activity that cannot be asked', async t => {
  const all = await start(t)
  all.kinto.store.put(uri('r1'), { activityArn: `${activityArn}2` }, writers)
  t.match(await answer(all, uri('r1'), { answer: 'SUCCEED' }), {
    status: 400,
    body: { details: [{ name: 'activityArn' }] }
  })
  all.kinto.store.put(uri('r2'), { activityArn }, writers)
  all.sfn.fault('GetActivityTask', 'ActivityWorkerLimitExceeded')
  const busy = await answer(all, uri('r2'), { answer: 'SUCCEED' })
  t.match(busy, { status: 503, body: { errno: 201 } })
  t.ok(busy.headers.get('retry-after'))
  all.sfn.fault('GetActivityTask', 'AccessDeniedException')
  t.match(await answer(all, uri('r2'), { answer: 'SUCCEED' }), { status: 503 })
})

t.test('a client that leaves while it waits', async t => {
  for (const [title, env] of [
    ['without an own account', {}],
    ['with one', own]
  ] as const) {
    await t.test(title, async t => {
      const all = await start(t, env, 20_000)
      const id = randomUUID()
      all.kinto.store.put(uri(id), { activityArn }, writers)
      const controller = new AbortController()
      const left = call(`${all.url}/v1${uri(id)}/stepfunction`, {
        method: 'POST',
        user: 'alice',
        body: { answer: 'FAIL' },
        signal: controller.signal
      })
      await all.sfn.pollsReach(1)
      controller.abort()
      await t.rejects(left, { name: 'AbortError' })
      await all.logged('a client left before its answer was taken')
      const { executionArn } = all.sfn.scheduleActivity({ input: { id } })
      t.match(await answer(all, uri(id), { answer: 'SUCCEED' }), {
        status: 200,
        body: { stepfunction: { outcome: 'accepted' } }
      })
      t.equal(all.sfn.execution(executionArn).status, 'SUCCEEDED', 'who left decided nothing')
      t.equal(all.sfn.pollsAbandoned(), 0, 'the poll was not cut')
    })
  }
})

t.test('everybody who waits shares one poll', async t => {
  const all = await start(t, own, 20_000)
  const records = Array.from({ length: 20 }, () => {
    const id = randomUUID()
    all.kinto.store.put(uri(id), { activityArn }, writers)
    return id
  })
  const answers = records.flatMap(id => [
    answer(all, uri(id), { answer: 'SUCCEED' }),
    answer(all, uri(id), { answer: 'SUCCEED' })
  ])
  await all.sfn.pollsReach(1)
  const executions = records
    .toReversed()
    .map(id => all.sfn.scheduleActivity({ input: { id } }).executionArn)
  const outcomes = (await Promise.all(answers)).map(
    ({ status, body }) => `${status} ${body.stepfunction?.outcome}`
  )
  t.equal(outcomes.filter(outcome => outcome === '200 accepted').length, 20)
  t.equal(outcomes.filter(outcome => outcome === '200 already_applied').length, 20)
  for (const executionArn of executions)
    t.equal(all.sfn.execution(executionArn).status, 'SUCCEEDED')
  t.equal(all.sfn.maxPollsOpen(), 1)
})

t.test('a token that somebody else saves in the record ends the wait', async t => {
  const all = await start(t, { ACTIVITY_WAIT_SECONDS: '10' }, 6_500)
  const { taskToken, executionArn } = all.sfn.waitCallback()
  all.kinto.store.put(uri('r1'), { activityArn }, writers)
  const waiting = answer(all, uri('r1'), { answer: 'SUCCEED' })
  await all.sfn.pollsReach(1)
  all.kinto.fault({ method: 'GET', path: `/v1${uri('r1')}`, nth: 1 }, 'reset')
  all.kinto.fault({ method: 'GET', path: `/v1${uri('r1')}`, nth: 2 }, 503)
  all.kinto.store.put(uri('r1'), { activityArn, taskToken }, writers)
  t.match(
    await waiting,
    { status: 200, body: { stepfunction: { outcome: 'accepted' } } },
    'a Kinto that is away for a moment does not'
  )
  t.equal(all.sfn.execution(executionArn).status, 'SUCCEEDED')
})

t.test('a record that is deleted meanwhile ends the wait', async t => {
  const all = await start(t, {}, 2_500)
  all.kinto.store.put(uri('r1'), { activityArn }, writers)
  const waiting = answer(all, uri('r1'), { answer: 'SUCCEED' })
  await all.sfn.pollsReach(1)
  all.kinto.store.records.delete(uri('r1'))
  t.match(await waiting, { status: 403 }, "Kinto's own word")
})

t.test('a task for several records serves whichever is answered first', async t => {
  const all = await start(t, own)
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
  const all = await start(t, own)
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
  const all = await start(
    t,
    {
      ...own,
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
  const all = await start(t, own)
  const late = all.asked()
  all.kinto.store.records.delete(late.record)
  const now = all.asked()
  t.match(await answer(all, now.record, { answer: 'SUCCEED' }), { status: 200 })
  await all.logged(/kept in memory/)
  all.kinto.store.put(late.record, { activityArn }, writers)
  t.match(await answer(all, late.record, { answer: 'SUCCEED' }), { status: 200 })
  t.equal(all.sfn.execution(late.executionArn).status, 'SUCCEEDED')
})

t.test('a token that cannot be saved is not used, and not lost', async t => {
  const all = await start(t)
  const { record, executionArn } = all.asked()
  all.kinto.fault({ method: 'PATCH', path: `/v1${record}`, nth: 2 }, 503)
  t.match(await answer(all, record, { answer: 'SUCCEED' }), {
    status: 503,
    body: { message: /nothing was reported/ }
  })
  t.equal(all.sfn.execution(executionArn).status, 'RUNNING')
  t.match(await answer(all, record, { answer: 'SUCCEED' }), {
    status: 200,
    body: { stepfunction: { outcome: 'accepted' } }
  })
})

t.test('a status that nothing confirms', async t => {
  const all = await start(t)
  const message =
    /says SUCCEED, but nothing shows that it was reported; set its status back to UNANSWERED/
  const fake = all.asked(undefined, { status: 'SUCCEED' })
  t.match(await answer(all, fake.record, { answer: 'SUCCEED' }), { status: 409, body: { message } })
  t.match(await answer(all, fake.record, { answer: 'FAIL' }), { status: 409, body: { message } })
  const id = randomUUID()
  const { executionArn } = all.sfn.scheduleActivity({ input: { id } })
  all.kinto.store.put(uri(id), { activityArn, executionArn, status: 'SUCCEED' }, writers)
  t.match(
    await answer(all, uri(id), { answer: 'FAIL' }),
    { status: 200, body: { data: { status: 'FAIL' } } },
    'the history shows that it is still open'
  )
  all.kinto.store.put(uri(id), { activityArn, executionArn, status: 'SUCCEED' }, writers)
  t.match(
    await answer(all, uri(id), { answer: 'FAIL' }),
    {
      status: 200,
      body: { data: { status: 'FAIL' }, stepfunction: { outcome: 'already_applied' } }
    },
    'the history goes before the status'
  )
  const { executionArn: stopped } = all.sfn.waitCallback()
  all.sfn.stop(stopped)
  all.kinto.store.put(uri(id), { executionArn: stopped, status: 'SUCCEED' }, writers)
  t.match(await answer(all, uri(id), { answer: 'SUCCEED' }), {
    status: 410,
    body: { message: /was stopped.*Nothing shows/ }
  })
  const { executionArn: open } = all.sfn.waitCallback()
  all.kinto.store.put(uri(id), { executionArn: open, status: 'SUCCEED' }, writers)
  t.match(await answer(all, uri(id), { answer: 'SUCCEED' }), { status: 409, body: { message } })
})

t.test('a process that stops', async t => {
  await t.test('waits for its poll, and saves what it brings', async t => {
    const all = await start(t, own, 20_000)
    const id = randomUUID()
    all.kinto.store.put(uri(id), { activityArn }, writers)
    const other = randomUUID()
    const waiting = answer(all, uri(other), { answer: 'SUCCEED' })
    all.kinto.store.put(uri(other), { activityArn }, writers)
    await all.sfn.pollsReach(1)
    const stopped = all.service.stop()
    all.sfn.scheduleActivity({ input: { id } })
    t.match(await waiting, { status: 503, body: { errno: 201, message: /stopping/ } })
    t.same(await stopped, [])
    t.equal(typeof all.data(uri(id))['taskToken'], 'string')
  })

  await t.test('tells what it could not save', async t => {
    const all = await start(t, {}, 20_000)
    const id = randomUUID()
    all.kinto.store.put(uri('r1'), { activityArn }, writers)
    const waiting = answer(all, uri('r1'), { answer: 'SUCCEED' })
    await all.sfn.pollsReach(1)
    const stopped = all.service.stop()
    all.sfn.scheduleActivity({ input: { id } })
    t.match(await waiting, { status: 503 })
    t.match(await stopped, [{ activityArn, records: [id] }])
  })
})

t.test('Kinto away while a task is looked up: whoever waits for it gets it', async t => {
  const all = await start(t, own)
  const { record } = all.asked()
  all.kinto.fault({ method: 'GET', path: '/v1/buckets/stepfunction/collections' }, 'reset')
  t.match(await answer(all, record, { answer: 'SUCCEED' }), { status: 200 })
  await all.logged(/kept in memory/)
})

t.test('collections that come in pages', async t => {
  const all = await start(t, own)
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
  const all = await start(t, own)
  const [late, now] = [all.asked(), all.asked()]
  all.kinto.fault({ method: 'GET', path: '/v1/buckets/stepfunction/collections' }, 403)
  t.match(await answer(all, now.record, { answer: 'SUCCEED' }), { status: 200 })
  t.equal(all.data(late.record)['taskToken'], undefined)
  t.match(await answer(all, late.record, { answer: 'SUCCEED' }), { status: 200 }, 'but keeps it')
})

t.test('an account that may not write a record keeps its token', async t => {
  const all = await start(t, own)
  const [late, now] = [all.asked(), all.asked()]
  all.kinto.fault({ method: 'PATCH', path: `/v1${late.record}`, nth: 1 }, 403)
  t.match(await answer(all, now.record, { answer: 'SUCCEED' }), { status: 200 })
  t.match(await all.logged(/kept in memory/), {
    records: [late.id],
    err: { message: /Kinto answered 403/ }
  })
  t.match(await answer(all, late.record, { answer: 'SUCCEED' }), { status: 200 })
})

t.test('a step that comes round again and again', async t => {
  const all = await start(t)
  const id = randomUUID()
  const input = { id }
  const { executionArn, taskToken } = all.sfn.waitCallback({
    input,
    next: () => ({ activityArn, input })
  })
  all.sfn.expire(taskToken)
  all.kinto.store.put(uri(id), { activityArn, executionArn, taskToken }, writers)
  all.sfn.fault(
    'SendTaskSuccess',
    { error: 'TaskTimedOut' },
    ({ input }) => input['taskToken'] !== taskToken
  )
  t.match(await answer(all, uri(id), { answer: 'SUCCEED' }), {
    status: 409,
    body: { message: /asked again while/ }
  })
})

t.test('only so many wait at one time', async t => {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  sfn.createActivity()
  const upstream = createUpstream({ origin: kinto.url, timeoutMs: 1_000 })
  const stepFunctions = createStepFunctions({ endpoint: sfn.url, credentials, timeoutMs: 1_000 })
  const reader = new RecordReader({
    policy: { allowedArns: [], region },
    seals: undefined,
    sealRequired: [],
    observe() {}
  })
  const activities = new Activities({
    polls: stepFunctions.polls,
    stepFunctions,
    reader,
    serviceAccount: undefined,
    resources: [],
    waitMs: 60_000,
    log: pino({ level: 'silent' })
  })
  const controller = new AbortController()
  const take = (record: string) =>
    activities.take({
      activityArn,
      region,
      ref: { version: 'v1', bucket: 'b', collection: 'c', record },
      dead: undefined,
      clientGone: controller.signal,
      timeLeft: () => 60_000,
      mayWait: true,
      session: new KintoSession(
        { dispatcher: upstream.dispatcher, origin: kinto.url, timeoutMs: 1_000 },
        [],
        () => 1_000
      )
    })
  const waiting = Promise.allSettled(
    Array.from({ length: 1_000 }, (_none, index) => take(`r${index}`))
  )
  await t.rejects(take('one-more'), { name: 'Refusal', message: /Too many/ })
  await sfn.pollsReach(1)
  controller.abort()
  t.ok((await waiting).every(({ status }) => status === 'rejected'))
  sfn.disconnect()
  await activities.stopPolling()
  await t.rejects(take('too-late'), { name: 'Refusal', message: /stopping/ })
  stepFunctions.close()
  await upstream.close()
})
