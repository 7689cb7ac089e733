import t from 'tap'
import { deliver } from '../../src/stepfunctions/delivery.ts'
import { SdkClients } from '../../src/stepfunctions/sdk.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import type { Test } from 'tap'
import type { Delivery, Report } from '../../src/stepfunctions/delivery.ts'
import type { Fault } from '../helpers/step-functions.ts'

async function start(t: Test, timeoutMs = 1500) {
  const sfn = await startStepFunctions(t)
  const clients = new SdkClients({ credentials, endpoint: sfn.url, timeoutMs })
  t.teardown(() => {
    clients.close()
  })
  const { taskToken, executionArn } = sfn.waitCallback()
  const report = async (changes: Partial<Report> = {}): Promise<Delivery> =>
    await deliver(clients, { region, taskToken, result: { output: '{"n":1.0}' }, ...changes })
  return { sfn, report, taskToken, executionArn }
}

t.test('SUCCEED and FAIL are accepted, byte for byte', async t => {
  const { sfn, report, executionArn } = await start(t)
  t.strictSame(await report(), { outcome: 'accepted' })
  t.match(sfn.execution(executionArn), { status: 'SUCCEEDED', output: '{"n":1.0}' })
  const other = sfn.waitCallback()
  t.strictSame(
    await report({
      taskToken: other.taskToken,
      result: { error: 'Not signing off', cause: '{"comment":"é"}' }
    }),
    { outcome: 'accepted' }
  )
  t.match(sfn.execution(other.executionArn), {
    status: 'FAILED',
    error: 'Not signing off',
    cause: '{"comment":"é"}'
  })
})

t.test('a token that is dead on a clear attempt', async t => {
  const { sfn, report, taskToken } = await start(t)
  sfn.expire(taskToken)
  t.strictSame(await report(), { outcome: 'dead' })
  sfn.fault('SendTaskSuccess', 'ThrottlingException', 2)
  t.strictSame(await report(), { outcome: 'dead' }, 'throttling is no doubt')
  sfn.fault('SendTaskSuccess', { error: 'TaskDoesNotExist' })
  t.strictSame(await report(), { outcome: 'dead' }, 'TaskDoesNotExist')
})

for (const fault of ['reset', 'hang', '500', '502', 'garbled', 'half'] as const) {
  t.test(`the reply is lost after it was applied: ${fault}`, async t => {
    const { sfn, report, executionArn } = await start(t, 1800)
    sfn.fault('SendTaskSuccess', `${fault} after` as Fault)
    t.strictSame(await report(), { outcome: 'ambiguous' })
    t.equal(sfn.execution(executionArn).status, 'SUCCEEDED')
  })
}

for (const fault of [
  'reset before',
  'hang before',
  '500 before',
  '502 before',
  'ThrottlingException',
  'KmsThrottlingException',
  'ExpiredTokenException'
] as const) {
  t.test(`fails before it was applied: ${fault}`, async t => {
    const { sfn, report, executionArn } = await start(t, 1800)
    sfn.fault('SendTaskSuccess', fault)
    t.strictSame(await report(), { outcome: 'accepted' })
    t.equal(sfn.execution(executionArn).status, 'SUCCEEDED')
    t.equal(sfn.calls.length, 2)
  })
}

t.test(
  'a token that is called invalid after an unknown attempt may have been used by it',
  async t => {
    const { sfn, report } = await start(t)
    sfn.fault('SendTaskSuccess', 'reset after')
    sfn.fault('SendTaskSuccess', { error: 'InvalidToken' })
    t.strictSame(await report(), { outcome: 'ambiguous' })
  }
)

t.test('a clock that is off is set right by the next attempt', async t => {
  const { sfn, report } = await start(t)
  sfn.fault('SendTaskSuccess', {
    error: 'InvalidSignatureException',
    message: 'Signature expired',
    date: new Date(Date.now() + 3_600_000)
  })
  t.strictSame(await report(), { outcome: 'accepted' })
})

t.test('what certainly failed', async t => {
  const { sfn, report, executionArn } = await start(t)
  t.match(await report({ taskToken: 'made up' }), {
    outcome: 'failed',
    cause: { fault: 'token invalid' }
  })
  t.match(await report({ result: { output: 'no JSON' } }), {
    outcome: 'failed',
    cause: { fault: 'input refused' }
  })
  t.match(
    await report({ region: 'eu-west-1' }),
    { outcome: 'failed', cause: { fault: 'token invalid' } },
    'a token of another region'
  )
  sfn.fault('SendTaskSuccess', 'AccessDeniedException')
  t.match(await report(), {
    outcome: 'failed',
    cause: { fault: 'refused', code: 'AccessDeniedException' }
  })
  t.equal(sfn.calls.length, 4, 'none was tried again')
  t.equal(sfn.execution(executionArn).status, 'RUNNING')
})

t.test('what fails until the time is up', async t => {
  const { sfn, report, executionArn } = await start(t, 1500)
  const lift = sfn.fault('SendTaskSuccess', 'ThrottlingException', Infinity)
  t.match(await report(), { outcome: 'failed', cause: { fault: 'throttled' } })
  lift()
  sfn.fault('SendTaskSuccess', 'reset before')
  sfn.fault('SendTaskSuccess', 'ThrottlingException', Infinity)
  t.match(
    await report(),
    { outcome: 'unknown', cause: { fault: 'throttled' } },
    'an unknown attempt, then throttled'
  )
  t.equal(sfn.execution(executionArn).status, 'RUNNING')
})

t.test('never answered, and never again clear', async t => {
  const { sfn, report } = await start(t, 300)
  sfn.fault('SendTaskSuccess', 'hang before', Infinity)
  t.match(await report(), { outcome: 'unknown', cause: { fault: 'unknown' } })
})

t.test('an unknown attempt, then no right to ask', async t => {
  const { sfn, report } = await start(t)
  sfn.fault('SendTaskSuccess', 'reset after')
  sfn.fault('SendTaskSuccess', 'AccessDeniedException')
  t.match(await report(), { outcome: 'unknown', cause: { fault: 'refused' } })
})

t.test('the smaller of the time of the request and of the setting counts', async t => {
  const { sfn, report } = await start(t, 60_000)
  t.match(await report({ timeoutMs: 0 }), { outcome: 'failed', cause: { fault: 'unsent' } })
  t.equal(sfn.calls.length, 0)
  sfn.fault('SendTaskSuccess', 'hang before', Infinity)
  t.match(await report({ timeoutMs: 200 }), { outcome: 'unknown' })
})

t.test('twenty reports of one token at once: one is accepted', async t => {
  const { sfn, report, executionArn } = await start(t, 5000)
  const reports = Array.from(
    { length: 20 },
    async (_, index) =>
      await report({
        result: index % 2 === 0 ? { output: `${index}` } : { error: `${index}`, cause: '' }
      })
  )
  const outcomes = (await Promise.all(reports)).map(({ outcome }) => outcome)
  t.equal(outcomes.filter(outcome => outcome === 'accepted').length, 1)
  t.equal(outcomes.filter(outcome => outcome === 'dead').length, 19)
  const { output, error } = sfn.execution(executionArn)
  t.equal(Number(output ?? error), outcomes.indexOf('accepted'))
})
