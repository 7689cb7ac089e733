import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { activityArn, answer, collection, startAll } from '../helpers/service.ts'
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

const parallel = { buffered: true }
t.jobs = 4

/**
 * The task of an answer has come, but Kinto did not take its token. The caller was told that
 * nothing was reported.
 */
async function startUnsaved(t: Test) {
  const parts = await startParts(t)
  const { kinto, sfn } = parts
  const id = randomUUID()
  const uri = `${collection}/records/${id}`
  kinto.store.put(uri, { activityArn }, writers)
  const { executionArn } = sfn.scheduleActivity({ input: { id } })
  const service = await startReplica(t, parts, own)
  const end = kinto.fault({ method: 'PATCH', path: `/v1${uri}`, nth: 2 }, 503)
  t.strictSame(told(await answer(service, uri, { answer: 'SUCCEED' })), {
    status: 503,
    retry: true
  })
  t.strictSame(held(parts, executionArn, uri), untouched)
  end()
  return { ...parts, service, executionArn, uri }
}

t.test(
  'a token that could not be saved for its answer is used by the next caller',
  parallel,
  async t => {
    const all = await startUnsaved(t)
    t.strictSame(told(await answer(all.service, all.uri, { answer: 'FAIL' })), accepted('FAIL'))
    t.strictSame(held(all, all.executionArn, all.uri), agreed('FAIL'))
  }
)

t.test(
  'a token that could not be saved for its answer is saved when Kinto takes it, whoever asks',
  parallel,
  async t => {
    const all = await startUnsaved(t)
    await all.kinto.store.reaches(all.uri, ({ taskToken }) => taskToken !== undefined)
    const other = await startReplica(t, all)
    t.strictSame(told(await answer(other, all.uri, { answer: 'FAIL' })), accepted('FAIL'))
    t.strictSame(held(all, all.executionArn, all.uri), agreed('FAIL'))
  }
)

t.test(
  'a token that could not be saved for its answer is saved when the process ends',
  parallel,
  async t => {
    const all = await startUnsaved(t)
    all.service.kill('SIGTERM')
    t.equal(await all.service.exited, 0)
    t.notMatch(all.service.log(), 'is lost')
    t.type(all.kinto.store.records.get(all.uri)?.data['taskToken'], 'string')
  }
)

t.test(
  'a token is saved in no record while Kinto does not show all that its task may mean',
  parallel,
  async t => {
    const id = randomUUID()
    const copies = '/buckets/stepfunction/collections/copies'
    const [uri, copy] = [`${collection}/records/${id}`, `${copies}/records/${id}`]
    for (const path of [`/v1${copy}`, '/v1/buckets/stepfunction/collections']) {
      const { kinto, sfn, service, logged } = await startAll(t, {
        env: { ...own, ACTIVITIES: activityArn },
        pollMs: 500
      })
      sfn.createActivity()
      kinto.store.collections.set(copies, { write: ['account:workflow'] })
      for (const record of [uri, copy]) kinto.store.put(record, { activityArn }, writers)
      const end = kinto.fault({ method: 'GET', path }, 503)
      sfn.scheduleActivity({ input: { id } })
      service.begin()
      await Promise.race([
        logged(/kept in memory/),
        kinto.store.reaches(uri, ({ taskToken }) => taskToken !== undefined)
      ])
      end()
      t.match(await service.stop(), [{ activityArn, records: [id] }])
      for (const record of [uri, copy])
        t.equal(kinto.store.records.get(record)?.data['taskToken'], undefined)
    }
  }
)

t.test('a stop ends though Kinto is silent', async t => {
  // Kinto has half a minute for each request.
  t.setTimeout(20_000)
  const id = randomUUID()
  const path = '/v1/buckets/stepfunction/collections'
  const { kinto, sfn, service } = await startAll(t, {
    env: { ...own, ACTIVITIES: activityArn },
    pollMs: 500,
    times: { requestMs: 55_000, stopMs: 300 }
  })
  sfn.createActivity()
  kinto.store.put(`${collection}/records/${id}`, { activityArn }, writers)
  const { promise } = Promise.withResolvers<undefined>()
  kinto.fault({ method: 'GET', path }, promise)
  const asked = kinto.requested({ method: 'GET', path })
  sfn.scheduleActivity({ input: { id } })
  service.begin()
  await asked
  t.match(await service.stop(), [{ activityArn, records: [id] }])
})
