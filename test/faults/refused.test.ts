import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { answer, startAll } from '../helpers/service.ts'
import type { Fault } from '../helpers/step-functions.ts'
import {
  accepted,
  agreed,
  held,
  record,
  startParts,
  startReplica,
  told,
  untouched,
  writers
} from './stage.ts'

t.test('turned away, then taken', async t => {
  t.jobs = 3
  const rows: [title: string, fault: Fault][] = [
    ['throttled', 'ThrottlingException'],
    ['throttled by KMS', 'KmsThrottlingException'],
    ['credentials expired', 'ExpiredTokenException']
  ]
  for (const [title, fault] of rows) {
    t.test(`${title} for 1 s: nobody notices`, { buffered: true }, async t => {
      const all = await startAll(t)
      const { taskToken, executionArn } = all.sfn.waitCallback()
      all.kinto.store.put(record, { taskToken }, writers)
      const end = Date.now() + 1_000
      all.sfn.fault('SendTaskSuccess', fault, ({ at }) => at.getTime() < end)
      t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
      t.strictSame(held(all, executionArn), agreed('SUCCEED'))
    })
  }
})

t.test('turned away until the time is up', async t => {
  const all = await startAll(t, { env: { AWS_TIMEOUT_SECONDS: '1' } })
  const rows: [title: string, fault: Fault, status: number, retry: boolean, message: RegExp][] = [
    ['throttled', 'ThrottlingException', 503, true, /takes no more requests/],
    ['throttled by KMS', 'KmsThrottlingException', 503, true, /takes no more requests/],
    ['credentials expired', 'ExpiredTokenException', 503, true, /credentials/],
    ['no right', 'AccessDeniedException', 503, false, /operator/],
    ['no right to the KMS key', 'KmsAccessDeniedException', 503, false, /operator/],
    ['the KMS key is disabled', { error: 'KmsInvalidStateException' }, 503, false, /operator/],
    ['a token that AWS never issued', { error: 'InvalidToken' }, 400, false, /taskToken/],
    ['an output that AWS does not take', { error: 'InvalidOutput' }, 400, false, /output/]
  ]
  for (const [title, fault, status, retry, message] of rows) {
    await t.test(`${title}: nothing was reported, and it can be repeated later`, async t => {
      const { taskToken, executionArn } = all.sfn.waitCallback()
      all.kinto.store.put(record, { taskToken }, writers)
      const end = all.sfn.fault('SendTaskSuccess', fault, () => true)
      const reply = await answer(all, record, { answer: 'SUCCEED' })
      end()
      t.strictSame(told(reply), { status, retry })
      t.match(reply.body.message, message)
      t.notMatch(reply.text, /arn:|123456789012/)
      t.strictSame(held(all, executionArn), untouched)
      t.strictSame(told(await answer(all, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
      t.strictSame(held(all, executionArn), agreed('SUCCEED'))
    })
  }
})

t.test('Step Functions away: nothing was reported', async t => {
  const all = await startAll(t, {
    env: { AWS_ENDPOINT_URL: 'http://127.0.0.1:1', AWS_TIMEOUT_SECONDS: '1' }
  })
  const { taskToken, executionArn } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken, executionArn }, writers)
  const reply = await answer(all, record, { answer: 'SUCCEED' })
  t.strictSame(told(reply), { status: 503, retry: true })
  t.match(reply.body.message, /cannot be reached.*Nothing was reported/)
  t.strictSame(held(all, executionArn), untouched)
})

t.test('the wrong region: said of the record', async t => {
  const all = await startAll(t, { env: { AWS_REGION: 'eu-west-1' } })
  const { taskToken, executionArn } = all.sfn.waitCallback()
  const wrong = 'arn:aws:states:eu-west-1:123456789012:stateMachine:AddonSigning'
  for (const data of [{ taskToken }, { taskToken, stateMachineArn: wrong }]) {
    all.kinto.store.put(record, data, writers)
    const reply = await answer(all, record, { answer: 'SUCCEED' })
    t.strictSame(told(reply), { status: 400, retry: false })
    t.match(reply.body.details, [{ name: 'taskToken' }])
    t.strictSame(held(all, executionArn), untouched)
  }
  all.kinto.store.put(record, { taskToken, executionArn }, writers)
  t.strictSame(
    told(await answer(all, record, { answer: 'SUCCEED' })),
    accepted('SUCCEED'),
    "the record's ARNs go before the setting"
  )
  t.strictSame(held(all, executionArn), agreed('SUCCEED'))
})

t.test('credentials that expired are fetched anew', async t => {
  let keys = 0
  const issuer = createServer((_request, response) => {
    response.end(issued(`AKID${++keys}`))
  })
  await once(issuer.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    issuer.closeAllConnections()
    issuer.close()
  })
  const parts = await startParts(t)
  const { port } = issuer.address() as AddressInfo
  const service = await startReplica(
    t,
    parts,
    {},
    { AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/` }
  )
  const { taskToken, executionArn } = parts.sfn.waitCallback()
  parts.kinto.store.put(record, { taskToken }, writers)
  parts.sfn.fault(
    'SendTaskSuccess',
    'ExpiredTokenException',
    ({ accessKeyId }) => accessKeyId === 'AKID1'
  )
  t.strictSame(told(await answer(service, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
  t.strictSame(held(parts, executionArn), agreed('SUCCEED'))
  t.equal(parts.sfn.calls.at(-1)?.accessKeyId, 'AKID2')
})

function issued(AccessKeyId: string): string {
  return JSON.stringify({
    AccessKeyId,
    SecretAccessKey: 'secret',
    Token: 'session',
    Expiration: new Date(Date.now() + 3_600_000).toISOString()
  })
}
