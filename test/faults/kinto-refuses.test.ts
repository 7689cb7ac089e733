import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { ScriptedKinto } from '../helpers/kinto.ts'
import { activityArn, answer, collection, startAll } from '../helpers/service.ts'
import {
  accepted,
  agreed,
  held,
  own,
  record,
  repeated,
  told,
  unrecorded,
  untouched,
  writers
} from './stage.ts'

const notRecorded = { status: 503, retry: false, reported: 'yes' }

/** A record that waits. `happen` is called between report and update. */
async function startStep(
  t: Test,
  env: Record<string, string>,
  happen: (kinto: ScriptedKinto) => void
) {
  const all = await startAll(t, { env })
  const step = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken: step.taskToken }, writers)
  all.sfn.fault('SendTaskSuccess', {
    until: all.sfn.called('SendTaskSuccess').then(() => happen(all.kinto))
  })
  return { ...all, ...step }
}

function grant({ store }: ScriptedKinto, write: string[]): void {
  Object.assign(store.records.get(record)?.permissions ?? {}, { write })
}

t.test('a schema that knows no answeredBy: the status alone is recorded', async t => {
  for (const env of [{}, own]) {
    const all = await startStep(t, env, () => undefined)
    all.kinto.store.collections.set(collection, {
      write: ['account:workflow'],
      fields: ['status', 'taskToken']
    })
    t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
    t.strictSame(held(all, all.executionArn), { ...unrecorded('SUCCEED'), status: 'SUCCEED' })
  }
})

t.test('a schema that takes not even the status: said, and recorded when it does', async t => {
  const all = await startStep(t, {}, () => undefined)
  all.kinto.store.collections.set(collection, { fields: ['taskToken'] })
  t.match(told(await answer(all, record, { answer: 'SUCCEED' })), { status: 503, reported: 'yes' })
  t.strictSame(held(all, all.executionArn), unrecorded('SUCCEED'))
  all.kinto.store.collections.set(collection, {})
  t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), repeated('SUCCEED'))
  t.strictSame(held(all, all.executionArn), agreed('SUCCEED'))
  t.equal(all.sfn.calls.length, 1)
})

t.test('a schema that came to want more: said once and for all, and recorded later', async t => {
  const all = await startStep(t, own, ({ store }) => {
    store.collections.set(collection, { write: ['account:workflow'], fields: ['taskToken'] })
  })
  for (let time = 0; time < 2; time++) {
    const reply = await answer(all, record, { answer: 'SUCCEED', comment: 'words' })
    t.strictSame(told(reply), notRecorded)
    t.match(reply.body.message, /Kinto refuses.*recorded without you/)
  }
  t.match(await all.logged(/Kinto could not record/), {
    err: { message: "Kinto answered 400: it does not know 'status'." }
  })
  all.kinto.store.collections.set(collection, { write: ['account:workflow'] })
  await all.logged('an answer was recorded after its request')
  t.strictSame(held(all, all.executionArn), agreed('SUCCEED'))
  t.equal(all.sfn.calls.length, 1)
})

/** The schema of a collection that knows no `taskToken`, and a record of an activity in it. */
async function startWithoutToken(t: Test, known: string[], withExecution: boolean) {
  const all = await startAll(t, { env: { ...own, ACTIVITY_WAIT_SECONDS: '1' }, pollMs: 300 })
  all.sfn.createActivity()
  const id = randomUUID()
  const uri = `${collection}/records/${id}`
  const { executionArn } = all.sfn.scheduleActivity({ input: { id } })
  const fields = ['activityArn', 'executionArn', 'subject', ...known]
  all.kinto.store.collections.set(collection, { write: ['account:workflow'], fields })
  all.kinto.store.put(uri, { activityArn, ...(withExecution && { executionArn }) }, writers)
  const say = async (said: string) => told(await answer(all, uri, { answer: said }))
  return { ...all, uri, executionArn, say }
}

const decisionFields = ['status', 'answeredBy', 'answeredAt', 'comment']

t.test('a schema that refuses taskToken: the token of a task is used at once', async t => {
  for (const withExecution of [true, false]) {
    const all = await startWithoutToken(t, decisionFields, withExecution)
    t.strictSame(await all.say('SUCCEED'), accepted('SUCCEED'))
    t.strictSame(held(all, all.executionArn, all.uri), agreed('SUCCEED'))
    t.match(await all.logged(/used at once/), {
      level: 40,
      err: { message: "Kinto answered 400: it does not know 'taskToken'." }
    })
    t.strictSame(await all.say('SUCCEED'), repeated('SUCCEED'))
    t.match(await all.say('FAIL'), { status: 409, answer: 'SUCCEED' })
    t.same(await all.service.stop(), [], 'it is kept no longer')
  }
})

t.test('a schema that refuses taskToken: kept, where nothing was reported', async t => {
  const all = await startWithoutToken(t, decisionFields, false)
  all.sfn.fault('SendTaskSuccess', 'AccessDeniedException')
  t.strictSame(await all.say('SUCCEED'), { status: 503, retry: false })
  t.strictSame(await all.say('SUCCEED'), accepted('SUCCEED'))
  t.equal(all.sfn.callsOf('GetActivityTask').length, 1)
})

t.test('a schema that refuses taskToken, and the status: repeated, it is recorded', async t => {
  const all = await startWithoutToken(t, [], false)
  t.strictSame(await all.say('SUCCEED'), notRecorded)
  t.strictSame(await all.say('SUCCEED'), notRecorded)
  all.kinto.store.collections.set(collection, { write: ['account:workflow'] })
  t.match(await all.say('SUCCEED'), { status: 200, outcome: 'already_applied' })
  t.strictSame(held(all, all.executionArn, all.uri), agreed('SUCCEED'))
})

t.test('a schema that refuses taskToken: what was set back stays so', async t => {
  const all = await startWithoutToken(t, decisionFields, false)
  await all.say('FAIL')
  const { data } = all.kinto.store.records.get(all.uri) ?? {}
  all.kinto.store.put(all.uri, { ...data, status: 'UNANSWERED' }, writers)
  t.strictSame(await all.say('FAIL'), { status: 409, retry: false })
  t.match(all.kinto.store.records.get(all.uri)?.data, { status: 'UNANSWERED' })
})

t.test('a task cannot be saved, for the record takes no changes any more', async t => {
  const all = await startWithoutToken(t, [...decisionFields, 'taskToken'], true)
  all.kinto.fault({ method: 'PATCH', path: `/v1${all.uri}`, nth: 2 }, 405)
  const reply = await answer(all, all.uri, { answer: 'SUCCEED' })
  t.strictSame(told(reply), { status: 503, retry: false })
  t.match(reply.body.message, /nothing was reported. Kinto refuses/)
  t.strictSame(held(all, all.executionArn, all.uri), untouched)
})

t.test('the permission is revoked meanwhile', async t => {
  await t.test(
    'as the caller: said, Kinto refuses the next request, and who may write it again records it',
    async t => {
      const all = await startStep(t, {}, kinto => grant(kinto, []))
      t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), notRecorded)
      t.strictSame(held(all, all.executionArn), unrecorded('SUCCEED'))
      t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), {
        status: 403,
        retry: false
      })
      grant(all.kinto, ['account:bob'])
      t.strictSame(
        told(await answer(all, record, { answer: 'SUCCEED' }, 'bob')),
        repeated('SUCCEED')
      )
      t.strictSame(held(all, all.executionArn), agreed('SUCCEED'))
      t.equal(all.sfn.calls.length, 1)
    }
  )

  await t.test('by kinto_authorization: recorded', async t => {
    const all = await startStep(t, own, kinto => grant(kinto, []))
    t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
    t.strictSame(held(all, all.executionArn), agreed('SUCCEED'))
  })
})

t.test('the record is deleted meanwhile: said, and the workflow has the answer', async t => {
  for (const env of [{}, own]) {
    const all = await startStep(t, env, ({ store }) => {
      store.records.delete(record)
    })
    all.kinto.store.collections.set(collection, {
      read: ['account:alice'],
      write: ['account:workflow']
    })
    t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), notRecorded)
    t.strictSame(held(all, all.executionArn), unrecorded('SUCCEED'))
    t.equal(all.kinto.store.records.has(record), false, 'it is not made anew')
    t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), {
      status: 404,
      retry: false
    })
    t.equal(all.sfn.callsOf('SendTaskSuccess').length, 1)
  }
})
