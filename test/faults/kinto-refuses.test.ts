import t, { type Test } from 'tap'
import type { ScriptedKinto } from '../helpers/kinto.ts'
import { answer, collection, startAll } from '../helpers/service.ts'
import {
  accepted,
  agreed,
  held,
  own,
  record,
  repeated,
  told,
  unrecorded,
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
