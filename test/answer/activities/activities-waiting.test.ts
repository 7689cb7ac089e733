import { randomUUID } from 'node:crypto'
import t from 'tap'
import { activityArn, answer, call } from '../../helpers/service.ts'
import { startWithActivity, uri, withAccount, writers } from './activity-service.ts'

t.test('a client that leaves while it waits', async t => {
  for (const [title, env] of [
    ['without an own account', {}],
    ['with one', withAccount]
  ] as const) {
    await t.test(title, async t => {
      const all = await startWithActivity(t, env, 20_000)
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
  const all = await startWithActivity(t, withAccount, 20_000)
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
  const all = await startWithActivity(t, { ACTIVITY_WAIT_SECONDS: '10' }, 6_500)
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
  const all = await startWithActivity(t, {}, 2_500)
  all.kinto.store.put(uri('r1'), { activityArn }, writers)
  const waiting = answer(all, uri('r1'), { answer: 'SUCCEED' })
  await all.sfn.pollsReach(1)
  all.kinto.store.records.delete(uri('r1'))
  t.match(await waiting, { status: 403 }, "Kinto's own word")
})

t.test('a process that stops', async t => {
  await t.test('waits for its poll, and saves what it brings', async t => {
    const all = await startWithActivity(t, withAccount, 20_000)
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
    const all = await startWithActivity(t, {}, 20_000)
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
