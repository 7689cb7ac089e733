import t from 'tap'
import { answer, answerOutside, startAll } from '../helpers/service.ts'
import {
  accepted,
  agreed,
  conflict,
  held,
  record,
  told,
  unknown,
  unrecorded,
  writers
} from './stage.ts'

/** A record whose answer Step Functions takes, but whose reply is lost. */
async function replyLost(t: Parameters<typeof startAll>[0]) {
  const all = await startAll(t, { env: { AWS_TIMEOUT_SECONDS: '1' } })
  const step = all.sfn.waitCallback()
  all.kinto.store.put(record, { ...step }, writers)
  all.sfn.fault('SendTaskSuccess', 'reset after')
  return { ...all, ...step }
}

t.test('a history that is written with delay is read again', async t => {
  const all = await replyLost(t)
  all.sfn.fault('GetExecutionHistory', {
    status: 200,
    reply: '{"events":[{"id":1,"type":"ExecutionStarted","timestamp":1}]}'
  })
  t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
  t.strictSame(held(all, all.executionArn), agreed('SUCCEED'))
  t.equal(all.sfn.callsOf('GetExecutionHistory').length, 2)
})

t.test('a history that may not be read leaves it unknown', async t => {
  const all = await replyLost(t)
  const end = all.sfn.fault('GetExecutionHistory', 'AccessDeniedException', () => true)
  t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), unknown)
  t.strictSame(held(all, all.executionArn), unrecorded('SUCCEED'))
  end()
  t.strictSame(told(await answer(all, record, { answer: 'FAIL' })), conflict('SUCCEED'))
  t.strictSame(
    held(all, all.executionArn),
    agreed('SUCCEED'),
    'once it may be read, the record shows what was taken'
  )
})

t.test('a reply is lost, and somebody else answers before the next attempt', async t => {
  const all = await startAll(t)
  const { sfn, kinto } = all
  const { taskToken, executionArn } = sfn.waitCallback()
  kinto.store.put(record, { taskToken, executionArn }, writers)
  const elsewhere = Promise.withResolvers<void>()
  sfn.fault('SendTaskFailure', 'reset before')
  sfn.fault('SendTaskFailure', { until: elsewhere.promise })
  const first = sfn.called('SendTaskFailure')
  const reply = answer(all, record, { answer: 'FAIL' })
  await first
  await sfn.called('SendTaskFailure')
  await answerOutside(sfn, taskToken, {
    answer: 'SUCCEED',
    answeredBy: 'account:bob',
    answeredAt: '2026-11-22T10:00:00.000Z',
    record,
    answerId: 'other'
  })
  elsewhere.resolve()
  t.strictSame(told(await reply), conflict('SUCCEED', 'account:bob'))
  t.strictSame(held(all, executionArn), agreed('SUCCEED', 'account:bob'))
})
