import { randomUUID } from 'node:crypto'
import t from 'tap'
import { probe } from '../../helpers/kinto.ts'
import { activityArn, answer } from '../../helpers/service.ts'
import { startWithActivity, uri, withAccount, writers } from './activity-service.ts'

t.test('the token of the waiting task is saved in the record, then used', async t => {
  const all = await startWithActivity(t)
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
    const all = await startWithActivity(t)
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
    const all = await startWithActivity(t, withAccount)
    const [first, second] = [all.asked(id => ({ record: uri(id) })), all.asked()]
    t.match(await answer(all, second.record, { answer: 'SUCCEED' }), { status: 200 })
    t.equal(typeof all.data(first.record)['taskToken'], 'string')
    const elsewhere = all.sfn.callsOf('GetActivityTask').length
    t.match(await answer(all, first.record, { answer: 'SUCCEED' }), { status: 200 })
    t.equal(all.sfn.callsOf('GetActivityTask').length, elsewhere, 'nothing was polled for it')
  })
})

t.test('no task for this record', async t => {
  const all = await startWithActivity(t, { ACTIVITY_WAIT_SECONDS: '0.2' }, 300)
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
  const all = await startWithActivity(t)
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

t.test('a token that cannot be saved is not used, and not lost', async t => {
  const all = await startWithActivity(t)
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
  const all = await startWithActivity(t)
  const message =
    /says SUCCEED, but nothing shows that it was reported.*people.*set.*back to UNANSWERED/
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

t.test('a step that comes round again and again', async t => {
  const all = await startWithActivity(t)
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
