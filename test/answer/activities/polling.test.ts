import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { activityArn, answer, as, collection, startAll } from '../../helpers/service.ts'

const uri = (id: string): string => `${collection}/records/${id}`

async function start(t: Test, pollMs = 500) {
  const all = await startAll(t, {
    env: { KINTO_AUTHORIZATION: as('workflow'), ACTIVITIES: activityArn },
    pollMs
  })
  const asked = (): { id: string; executionArn: string } => {
    const id = randomUUID()
    all.kinto.store.put(uri(id), { activityArn }, { write: ['account:alice'] })
    return { id, executionArn: all.sfn.scheduleActivity({ input: { id } }).executionArn }
  }
  return {
    ...all,
    asked,
    token: (id: string) => all.kinto.store.records.get(uri(id))?.data['taskToken']
  }
}

/** Resolves when Kinto gets the next PATCH of the record. */
async function patched(
  kinto: { nextRequest: () => Promise<{ method: string; url: string }> },
  id: string
): Promise<void> {
  for (;;) {
    const { method, url } = await kinto.nextRequest()
    if (method === 'PATCH' && url.endsWith(id)) return
  }
}

t.test('tasks are saved in their records as they come', async t => {
  const all = await start(t)
  all.sfn.createActivity()
  const { id, executionArn } = all.asked()
  const saved = patched(all.kinto, id)
  all.service.begin()
  await saved
  t.match(await answer(all, uri(id), { answer: 'SUCCEED' }), {
    status: 200,
    body: { stepfunction: { outcome: 'accepted' } }
  })
  t.equal(all.sfn.execution(executionArn).status, 'SUCCEEDED')
  t.equal(all.sfn.maxPollsOpen(), 1)
})

/** A task has come, and its record does not exist yet. */
async function startBeforeRecord(t: Test) {
  const all = await start(t)
  all.sfn.createActivity()
  const id = randomUUID()
  all.sfn.scheduleActivity({ input: { id } })
  all.service.begin()
  await all.logged(/kept in memory/)
  return { ...all, id }
}

t.test('a token whose record comes later is saved then', async t => {
  const { id, ...all } = await startBeforeRecord(t)
  while (!(await all.kinto.nextRequest()).url.endsWith(id));
  const saved = patched(all.kinto, id)
  all.kinto.store.put(uri(id), { activityArn }, { write: ['account:alice'] })
  await saved
  t.equal(
    all.log.filter(({ msg }) => String(msg).includes('kept in memory')).length,
    1,
    'the log says it once'
  )
})

t.test('an activity that cannot be polled is polled again', async t => {
  const all = await start(t)
  all.service.begin()
  t.match(await all.logged('an activity could not be polled'), {
    err: { code: 'ActivityDoesNotExist' }
  })
  all.sfn.createActivity()
  const { id } = all.asked()
  await patched(all.kinto, id)
  t.pass()
})

t.test('what is held is saved at the latest when the process stops', async t => {
  const { id, ...all } = await startBeforeRecord(t)
  all.kinto.store.put(uri(id), { activityArn }, { write: ['account:alice'] })
  t.same(await all.service.stop(), [])
  t.equal(typeof all.token(id), 'string')
})

t.test('so many tasks are looked up at one time, and no more are taken meanwhile', async t => {
  const all = await start(t)
  all.sfn.createActivity()
  const { promise, resolve } = Promise.withResolvers<void>()
  all.kinto.fault({ method: 'GET', path: new RegExp(`^/v1${collection}/records/`) }, promise)
  const asked = Array.from({ length: 25 }, all.asked)
  all.service.begin()
  const lookedUp = (): number =>
    all.kinto.requests.filter(({ method, url }) => method === 'GET' && url.includes('/records/'))
      .length
  while (lookedUp() < 8) await all.kinto.nextRequest()
  t.equal(all.sfn.tasksQueued(), 17)
  resolve()
  for (const { id } of asked)
    await all.kinto.store.reaches(uri(id), ({ taskToken }) => taskToken !== undefined)
  t.equal(all.sfn.tasksQueued(), 0)
})
