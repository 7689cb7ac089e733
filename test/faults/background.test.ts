import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { tokenIn } from '../helpers/sealed.ts'
import { activityArn, answer, collection } from '../helpers/service.ts'
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

/** A process that takes the activity's tasks as they come, and a record that is not there yet. */
async function startWatching(t: Test) {
  const parts = await startParts(t, { pollMs: 1_000 })
  const service = await startReplica(t, parts, { ...own, ACTIVITIES: activityArn })
  await parts.sfn.pollsReach(1)
  const id = randomUUID()
  const uri = `${collection}/records/${id}`
  const { store } = parts.kinto
  return {
    ...parts,
    service,
    id,
    uri,
    put: (fields: object = {}) => {
      store.put(uri, { activityArn, ...fields }, writers)
    },
    saved: async () => {
      await store.reaches(uri, ({ taskToken }) => taskToken !== undefined)
    }
  }
}

t.test('a token whose record comes after its task is kept, and saved then', parallel, async t => {
  const all = await startWatching(t)
  const { executionArn } = all.sfn.scheduleActivity({ input: { id: all.id } })
  await all.kinto.requested({ method: 'GET', path: `/v1${all.uri}` })
  all.put()
  await all.saved()
  t.strictSame(told(await answer(all.service, all.uri, { answer: 'SUCCEED' })), accepted('SUCCEED'))
  t.strictSame(held(all, executionArn, all.uri), agreed('SUCCEED'))
})

t.test(
  'a token that comes while Kinto is away is kept, and saved when it is back',
  parallel,
  async t => {
    const all = await startWatching(t)
    all.put()
    all.kinto.down()
    const handedOut = all.sfn.called('GetActivityTask')
    const { executionArn } = all.sfn.scheduleActivity({ input: { record: all.uri } })
    await handedOut
    t.strictSame(held(all, executionArn, all.uri), untouched)
    await all.kinto.up()
    await all.saved()
    t.strictSame(told(await answer(all.service, all.uri, { answer: 'FAIL' })), accepted('FAIL'))
    t.strictSame(held(all, executionArn, all.uri), agreed('FAIL'))
  }
)

t.test('a token that Kinto does not take is kept, and saved when it does', parallel, async t => {
  const all = await startWatching(t)
  all.put()
  const end = all.kinto.fault({ method: 'PATCH', path: `/v1${all.uri}` }, 503)
  const refused = all.kinto.requested({ method: 'PATCH', path: `/v1${all.uri}` })
  const { executionArn } = all.sfn.scheduleActivity({ input: { id: all.id } })
  await refused
  end()
  await all.saved()
  t.strictSame(told(await answer(all.service, all.uri, { answer: 'SUCCEED' })), accepted('SUCCEED'))
  t.strictSame(held(all, executionArn, all.uri), agreed('SUCCEED'))
})

t.test('a retried state has a new token: it replaces the dead one', parallel, async t => {
  const all = await startWatching(t)
  const input = { id: all.id }
  all.put()
  const { executionArn } = all.sfn.scheduleActivity({ input, next: () => ({ activityArn, input }) })
  await all.saved()
  const first = tokenIn(all.uri, all.kinto.store.records.get(all.uri)?.data['taskToken'])
  const execution = all.sfn.execution(executionArn)
  execution.next = end =>
    'error' in end && end.error === 'States.Timeout' ? { activityArn, input } : undefined
  all.sfn.expire(String(first))
  await all.kinto.store.reaches(all.uri, ({ taskToken }) => tokenIn(all.uri, taskToken) !== first)
  t.strictSame(told(await answer(all.service, all.uri, { answer: 'SUCCEED' })), accepted('SUCCEED'))
  t.strictSame(held(all, executionArn, all.uri), agreed('SUCCEED'))
})

t.test(
  'what a stopping process cannot save is listed by record and age, never by token',
  parallel,
  async t => {
    const all = await startWatching(t)
    const lookedFor = all.kinto.requested({ method: 'GET', path: `/v1${all.uri}` })
    const { executionArn } = all.sfn.scheduleActivity({ input: { record: all.uri } })
    await lookedFor
    all.service.kill('SIGTERM')
    t.equal(await all.service.exited, 0)
    t.match(
      all.service.log(),
      new RegExp(
        `"records":\\["${all.uri}"\\],"ageSeconds":\\d+,"msg":"the token of this task is lost`
      )
    )
    t.notMatch(all.service.log(), 'AQB+')
    t.equal(all.sfn.execution(executionArn).status, 'RUNNING')
  }
)

t.test('kill -9 loses no token that was saved', parallel, async t => {
  const all = await startWatching(t)
  all.put()
  const { executionArn } = all.sfn.scheduleActivity({ input: { id: all.id } })
  await all.saved()
  all.service.kill('SIGKILL')
  await all.service.exited
  const next = await startReplica(t, all, own)
  t.strictSame(told(await answer(next, all.uri, { answer: 'SUCCEED' })), accepted('SUCCEED'))
  t.strictSame(held(all, executionArn, all.uri), agreed('SUCCEED'))
})
