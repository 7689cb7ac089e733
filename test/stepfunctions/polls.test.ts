import t from 'tap'
import { ActivityPolls } from '../../src/stepfunctions/polls.ts'
import { SdkClients } from '../../src/stepfunctions/sdk.ts'
import { activityArn, credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import type { Test } from 'tap'

async function start(t: Test, { pollMs = 60_000 } = {}) {
  const sfn = await startStepFunctions(t, { pollMs })
  sfn.createActivity()
  const clients = new SdkClients({ credentials, endpoint: sfn.url, timeoutMs: 1 })
  t.teardown(() => {
    clients.close()
  })
  return { sfn, polls: new ActivityPolls(clients) }
}

t.test('one poll serves all who ask while it is open', async t => {
  const { sfn, polls } = await start(t)
  const waiting = Array.from({ length: 5 }, async () => await polls.poll(activityArn, region))
  await sfn.pollsReach(1)
  t.equal(polls.open, 1)
  const settled = polls.settled()
  sfn.scheduleActivity({ input: { id: 'r1' } })
  const [first, ...others] = await Promise.all(waiting)
  t.match(first, { taskToken: /.{900}/, input: '{"id":"r1"}' })
  for (const other of others) t.equal(other, first)
  await settled
  t.equal(polls.open, 0)
  t.equal(sfn.calls.length, 1)
})

t.test('the next poll is a new one; its worker name is told', async t => {
  const { sfn, polls } = await start(t)
  const { executionArn } = sfn.scheduleActivity({ input: 1 })
  sfn.scheduleActivity({ input: 2 })
  t.match(await polls.poll(activityArn, region), { input: '1' })
  t.match(await polls.poll(activityArn, region), { input: '2' })
  const started = sfn.execution(executionArn).events.find(({ type }) => type === 'ActivityStarted')
  t.match(started?.['activityStartedEventDetails'], { workerName: /^kinto-stepfunction-[\w.-]+$/ })
})

t.test('each activity has its own poll', async t => {
  const { sfn, polls } = await start(t)
  const other = sfn.createActivity(`${activityArn}2`)
  const waiting = [polls.poll(activityArn, region), polls.poll(other, region)]
  await Promise.all([sfn.pollsReach(1), sfn.pollsReach(1, other)])
  t.equal(polls.open, 2)
  sfn.scheduleActivity({ activityArn: other, input: 'other' })
  t.match(await waiting[1], { input: '"other"' })
  t.equal(polls.open, 1)
  sfn.scheduleActivity()
  await polls.settled()
})

t.test('no task came', async t => {
  const { sfn, polls } = await start(t, { pollMs: 10 })
  t.equal(await polls.poll(activityArn, region), undefined)
  for (const reply of ['{"taskToken":null,"input":null}', '{"taskToken":""}', '']) {
    sfn.fault('GetActivityTask', { reply, status: 200 })
    t.equal(await polls.poll(activityArn, region), undefined, reply)
  }
})

t.test('a task without input', async t => {
  const { sfn, polls } = await start(t)
  sfn.fault('GetActivityTask', { reply: '{"taskToken":"token"}', status: 200 })
  t.strictSame(await polls.poll(activityArn, region), { taskToken: 'token', input: '' })
})

t.test('a poll that fails does so for all, and ends', async t => {
  const { sfn, polls } = await start(t)
  const failure = async (): Promise<unknown> =>
    await polls.poll(activityArn, region).then(
      () => t.fail('no failure'),
      (error: unknown) => error
    )
  const gate = Promise.withResolvers<void>()
  sfn.fault('GetActivityTask', { until: gate.promise })
  const arrived = sfn.called('GetActivityTask')
  const failures = [failure(), failure()]
  await arrived
  const settled = polls.settled()
  gate.resolve()
  await sfn.pollsReach(1)
  sfn.fault('GetActivityTask', 'ActivityWorkerLimitExceeded')
  sfn.disconnect()
  for (const error of await Promise.all(failures))
    t.match(error, { name: 'StepFunctionsError', fault: 'unknown' })
  await settled
  t.match(await failure(), { fault: 'throttled' })
  t.equal(sfn.calls.length, 2, 'the SDK does not poll again by itself')
})

t.test('an activity that does not exist', async t => {
  const { polls } = await start(t)
  const error: unknown = await polls.poll(`${activityArn}2`, region).then(
    () => t.fail('no failure'),
    (error: unknown) => error
  )
  t.match(error, { fault: 'not found', code: 'ActivityDoesNotExist' })
})
