import { randomUUID } from 'node:crypto'
import t from 'tap'
import { activityArn, answer, call, collection } from '../helpers/service.ts'
import {
  accepted,
  agreed,
  held,
  own,
  startParts,
  startReplica,
  told,
  untouched,
  writers
} from './stage.ts'

const ask = (): { id: string; uri: string } => {
  const id = randomUUID()
  return { id, uri: `${collection}/records/${id}` }
}

t.test('a client that leaves during a poll', async t => {
  for (const [title, env] of [
    ['without kinto_authorization', {}],
    ['with it', own]
  ] as const) {
    await t.test(`${title}: the next caller uses the token`, async t => {
      const parts = await startParts(t)
      const { kinto, sfn } = parts
      const service = await startReplica(t, parts, env)
      const { id, uri } = ask()
      kinto.store.put(uri, { activityArn }, writers)
      const controller = new AbortController()
      const left = t.rejects(
        call(`${service.url}/v1${uri}/stepfunction`, {
          method: 'POST',
          user: 'alice',
          body: { answer: 'FAIL' },
          signal: controller.signal
        })
      )
      await sfn.pollsReach(1)
      controller.abort()
      await left
      const next = answer(service, uri, { answer: 'SUCCEED' }, 'bob')
      const { executionArn } = sfn.scheduleActivity({ input: { id } })
      t.strictSame(told(await next), accepted('SUCCEED', 'account:bob'))
      t.strictSame(held(parts, executionArn, uri), agreed('SUCCEED', 'account:bob'))
      t.equal(sfn.pollsAbandoned(), 0, 'the poll was not cut')
      t.equal(sfn.mostOpen('GetActivityTask'), 1)
    })
  }
})

t.test('a client that leaves while its answer is reported: the answer is recorded', async t => {
  const parts = await startParts(t)
  const { kinto, sfn } = parts
  const service = await startReplica(t, parts)
  const { uri } = ask()
  const { taskToken, executionArn } = sfn.waitCallback()
  kinto.store.put(uri, { taskToken }, writers)
  const left = Promise.withResolvers<void>()
  sfn.fault('SendTaskSuccess', { until: left.promise })
  const reported = sfn.called('SendTaskSuccess')
  const controller = new AbortController()
  const gone = t.rejects(
    call(`${service.url}/v1${uri}/stepfunction`, {
      method: 'POST',
      user: 'alice',
      body: { answer: 'SUCCEED' },
      signal: controller.signal
    })
  )
  await reported
  controller.abort()
  await gone
  left.resolve()
  await kinto.store.reaches(uri, ({ status }) => status !== undefined)
  t.strictSame(held(parts, executionArn, uri), agreed('SUCCEED'))
})

t.test(
  'a poll whose reply is lost: nothing was reported, and the token is lost with it',
  async t => {
    const parts = await startParts(t, { pollMs: 500 })
    const { kinto, sfn } = parts
    const service = await startReplica(t, parts, { ...own, ACTIVITY_WAIT_SECONDS: '1' })
    const { id, uri } = ask()
    kinto.store.put(uri, { activityArn }, writers)
    sfn.fault('GetActivityTask', 'reset after')
    const { executionArn } = sfn.scheduleActivity({ input: { id } })
    t.strictSame(told(await answer(service, uri, { answer: 'SUCCEED' })), {
      status: 503,
      retry: true
    })
    t.strictSame(
      told(await answer(service, uri, { answer: 'SUCCEED' })),
      { status: 409, retry: false },
      'no task came'
    )
    t.strictSame(held(parts, executionArn, uri), untouched)
  }
)

t.test('SIGTERM during a poll', async t => {
  await t.test(
    'with kinto_authorization: the token is in the record when the process has ended, ' +
      'and the next one uses it',
    async t => {
      const parts = await startParts(t)
      const { kinto, sfn } = parts
      const service = await startReplica(t, parts, own)
      const [asked, other] = [ask(), ask()]
      for (const { uri } of [asked, other]) kinto.store.put(uri, { activityArn }, writers)
      const waiting = answer(service, asked.uri, { answer: 'SUCCEED' })
      await sfn.pollsReach(1)
      service.kill('SIGTERM')
      const { executionArn } = sfn.scheduleActivity({ input: { record: other.uri } })
      t.equal(await service.exited, 0)
      t.strictSame(told(await waiting), { status: 503, retry: true })
      t.type(kinto.store.records.get(other.uri)?.data['taskToken'], 'string')
      t.strictSame(held(parts, executionArn, other.uri), untouched)
      t.equal(sfn.pollsAbandoned(), 0)
      const next = await startReplica(t, parts, own)
      t.strictSame(told(await answer(next, other.uri, { answer: 'FAIL' })), accepted('FAIL'))
      t.strictSame(held(parts, executionArn, other.uri), agreed('FAIL'))
    }
  )

  await t.test('the answer that waited is given, if its own task comes', async t => {
    const parts = await startParts(t)
    const service = await startReplica(t, parts)
    const { id, uri } = ask()
    parts.kinto.store.put(uri, { activityArn }, writers)
    const waiting = answer(service, uri, { answer: 'SUCCEED' })
    await parts.sfn.pollsReach(1)
    service.kill('SIGTERM')
    const { executionArn } = parts.sfn.scheduleActivity({ input: { id } })
    t.strictSame(told(await waiting), accepted('SUCCEED'))
    t.equal(await service.exited, 0)
    t.strictSame(held(parts, executionArn, uri), agreed('SUCCEED'))
  })
})
