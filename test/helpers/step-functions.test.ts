import {
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand
} from '@aws-sdk/client-sfn'
import t from 'tap'
import { activityArn, credentials, region, startStepFunctions } from './step-functions.ts'
import type { Test } from 'tap'
import type { Fault } from './step-functions.ts'

async function start(t: Test, options: { pollMs?: number } = {}) {
  const sfn = await startStepFunctions(t, options)
  const client = new SFNClient({ region, endpoint: sfn.url, credentials, maxAttempts: 1 })
  t.teardown(() => {
    client.destroy()
  })
  const types = (executionArn: string): string[] =>
    sfn
      .execution(executionArn)
      .events.map(({ type, previousEventId }) => `${previousEventId} ${type}`)
  const succeed = async (taskToken: string | undefined, output = '{}') =>
    await client.send(new SendTaskSuccessCommand({ taskToken, output }))
  const fail = async (taskToken: string | undefined) =>
    await client.send(new SendTaskFailureCommand({ taskToken, error: 'NotSignedOff', cause: 'no' }))
  const poll = async (arn = activityArn) =>
    await client.send(new GetActivityTaskCommand({ activityArn: arn, workerName: 'worker' }))
  return { sfn, client, types, succeed, fail, poll }
}

t.test('a callback is answered once; the history is as AWS writes it', async t => {
  const { sfn, client, types, succeed, fail } = await start(t)
  const { taskToken, executionArn } = sfn.waitCallback({ input: { id: 'r1' } })
  t.match(taskToken, /^(?=.*\+)(?=.*\/).{900,1100}=$/)
  await client.send(new SendTaskHeartbeatCommand({ taskToken }))
  await succeed(taskToken, '{"a":1.0}')
  t.equal((await sfn.finished(executionArn)).output, '{"a":1.0}')
  const over = {
    name: 'TaskTimedOut',
    message: "Task Timed Out: 'Provided task does not exist anymore'",
    $metadata: { httpStatusCode: 400 }
  }
  await t.rejects(succeed(taskToken), over)
  await t.rejects(fail(taskToken), over)
  t.strictSame(types(executionArn), [
    '0 ExecutionStarted',
    '0 TaskStateEntered',
    '2 TaskScheduled',
    '3 TaskStarted',
    '4 TaskSubmitted',
    '5 TaskSucceeded',
    '6 TaskStateExited',
    '7 ExecutionSucceeded'
  ])
  const { events, nextToken } = await client.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 3 })
  )
  t.match(events, [
    { executionSucceededEventDetails: { output: '{"a":1.0}' }, timestamp: Date },
    { stateExitedEventDetails: {} },
    { taskSucceededEventDetails: { resourceType: 'lambda', resource: 'invoke.waitForTaskToken' } }
  ])
  const rest = await client.send(
    new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, nextToken })
  )
  t.match(
    rest.events?.find(event => event.type === 'TaskScheduled'),
    {
      taskScheduledEventDetails: {
        parameters: JSON.stringify({
          FunctionName: 'PostToKinto',
          Payload: { id: 'r1', taskToken }
        })
      }
    }
  )
  t.equal(rest.nextToken, undefined)
  t.match(await client.send(new DescribeExecutionCommand({ executionArn })), {
    status: 'SUCCEEDED',
    startDate: Date,
    stopDate: Date
  })
})

t.test('an activity hands out each task once, in order, to whoever polls', async t => {
  const { sfn, types, succeed, fail, poll } = await start(t, { pollMs: 50 })
  sfn.createActivity()
  t.strictSame((await poll()).taskToken, undefined, 'an empty poll')
  const first = sfn.scheduleActivity({ input: { id: 1 } })
  const second = sfn.scheduleActivity({ input: { id: 2 } })
  t.equal(sfn.tasksQueued(), 2)
  const tasks = [await poll(), await poll()]
  t.strictSame(
    tasks.map(({ input }) => input),
    ['{"id":1}', '{"id":2}']
  )
  await succeed(tasks[0]?.taskToken)
  await fail(tasks[1]?.taskToken)
  t.strictSame(types(first.executionArn), [
    '0 ExecutionStarted',
    '0 TaskStateEntered',
    '2 ActivityScheduled',
    '3 ActivityStarted',
    '4 ActivitySucceeded',
    '5 TaskStateExited',
    '6 ExecutionSucceeded'
  ])
  t.match(await sfn.finished(second.executionArn), {
    status: 'FAILED',
    error: 'NotSignedOff',
    cause: 'no'
  })
  t.strictSame(types(second.executionArn).slice(4), ['4 ActivityFailed', '5 ExecutionFailed'])
  t.equal(sfn.maxPollsOpen(), 1)
})

t.test('a poll whose client left swallows the next task', async t => {
  const { sfn, client, poll } = await start(t)
  sfn.createActivity()
  const leaving = new AbortController()
  const left = client.send(new GetActivityTaskCommand({ activityArn }), {
    abortSignal: leaving.signal
  })
  await sfn.pollsReach(1)
  leaving.abort()
  await t.rejects(left, { name: 'AbortError' })
  const served = poll()
  await sfn.pollsReach(2)
  sfn.scheduleActivity({ input: 'lost' })
  sfn.scheduleActivity({ input: 'found' })
  t.equal((await served).input, '"found"')
  t.equal(sfn.pollsOpen(), 0)
  t.equal(sfn.pollsAbandoned(), 1)
})

t.test('expired, stopped and timed-out steps', async t => {
  const { sfn, types, succeed } = await start(t)
  const expired = sfn.waitCallback()
  sfn.expire(expired.taskToken)
  const stopped = sfn.waitCallback()
  sfn.stop(stopped.executionArn, { error: 'Stopped', cause: 'by hand' })
  const timedOut = sfn.waitCallback()
  sfn.timeOut(timedOut.executionArn)
  for (const { taskToken } of [expired, stopped, timedOut])
    await t.rejects(succeed(taskToken), { name: 'TaskTimedOut' })
  t.strictSame(types(expired.executionArn).slice(-2), ['5 TaskTimedOut', '6 ExecutionFailed'])
  t.match(sfn.execution(stopped.executionArn), { status: 'ABORTED', error: 'Stopped' })
  t.equal(sfn.execution(timedOut.executionArn).status, 'TIMED_OUT')
})

t.test('further steps: a retry with a new token, a loop, and steps added by hand', async t => {
  const { sfn, types, succeed, fail, poll } = await start(t)
  sfn.createActivity()
  let turns = 0
  const { executionArn } = sfn.scheduleActivity({
    input: 'in',
    next: () => (++turns < 3 ? { activityArn, input: turns } : undefined)
  })
  await fail((await poll()).taskToken)
  await succeed((await poll()).taskToken)
  t.equal(sfn.execution(executionArn).status, 'RUNNING')
  await succeed((await poll()).taskToken)
  t.equal(sfn.execution(executionArn).status, 'SUCCEEDED')
  t.strictSame(types(executionArn).slice(4, 10), [
    '4 ActivityFailed',
    '5 ActivityScheduled',
    '6 ActivityStarted',
    '7 ActivitySucceeded',
    '8 TaskStateExited',
    '9 TaskStateEntered'
  ])

  const run = sfn.waitCallback({
    stayOpen: true,
    resourceType: 'sqs',
    resource: 'sendMessage.waitForTaskToken',
    parameters: taskToken => ({ MessageBody: taskToken })
  })
  await succeed(run.taskToken)
  const again = sfn.waitCallback({ executionArn: run.executionArn, stayOpen: false })
  await succeed(again.taskToken)
  t.equal((await sfn.finished(run.executionArn)).status, 'SUCCEEDED')
})

t.test('refuses what AWS refuses', async t => {
  const { sfn, client, succeed, poll } = await start(t)
  const { taskToken, executionArn } = sfn.waitCallback()
  const elsewhere = new SFNClient({
    region: 'eu-west-1',
    endpoint: sfn.url,
    credentials,
    maxAttempts: 1
  })
  t.teardown(() => {
    elsewhere.destroy()
  })
  await t.rejects(succeed('made up'), {
    name: 'InvalidToken',
    message: "Invalid Token: 'Invalid token'"
  })
  await t.rejects(elsewhere.send(new SendTaskSuccessCommand({ taskToken, output: '{}' })), {
    name: 'InvalidToken'
  })
  await t.rejects(succeed(taskToken, 'no JSON'), { name: 'InvalidOutput' })
  await t.rejects(succeed(taskToken, `"${'é'.repeat(131_072)}"`), {
    name: 'ValidationException',
    message: /'output'.*262144/
  })
  await t.rejects(succeed('x'.repeat(2049)), {
    name: 'ValidationException',
    message: /'taskToken'.*2048/
  })
  await t.rejects(succeed(undefined), {
    name: 'ValidationException',
    message: /'taskToken'.*not be null/
  })
  await t.rejects(client.send(new SendTaskFailureCommand({ taskToken, error: 'x'.repeat(257) })), {
    name: 'ValidationException'
  })
  await t.rejects(
    client.send(new SendTaskFailureCommand({ taskToken, cause: 'x'.repeat(32_769) })),
    { name: 'ValidationException' }
  )
  await t.rejects(poll(), { name: 'ActivityDoesNotExist' })
  await t.rejects(poll('ManualStep'), { name: 'InvalidArn' })
  await t.rejects(poll(activityArn.replace(region, 'eu-west-1')), { name: 'InvalidArn' })
  await t.rejects(client.send(new DescribeExecutionCommand({ executionArn: `${executionArn}x` })), {
    name: 'ExecutionDoesNotExist'
  })
  await t.rejects(client.send(new GetExecutionHistoryCommand({ executionArn, nextToken: 'x' })), {
    name: 'InvalidToken'
  })
  const unsigned = await fetch(sfn.url, {
    method: 'POST',
    body: '{}',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'AWSStepFunctions.SendTaskSuccess'
    }
  })
  t.match(await unsigned.json(), {
    __type: 'com.amazon.coral.service#MissingAuthenticationTokenException'
  })
  t.equal(sfn.execution(executionArn).status, 'RUNNING')
})

t.test('faults', async t => {
  const cases: [
    Fault,
    'RUNNING' | 'SUCCEEDED',
    { name?: string; code?: string; $metadata?: object }
  ][] = [
    ['reset before', 'RUNNING', { code: 'ECONNRESET' }],
    ['reset after', 'SUCCEEDED', { code: 'ECONNRESET' }],
    ['500 before', 'RUNNING', { name: 'InternalFailure' }],
    ['500 after', 'SUCCEEDED', { name: 'InternalFailure' }],
    ['502 before', 'RUNNING', { name: 'SyntaxError', $metadata: { httpStatusCode: 502 } }],
    ['502 after', 'SUCCEEDED', { name: 'SyntaxError', $metadata: { httpStatusCode: 502 } }],
    ['garbled after', 'SUCCEEDED', { name: 'SyntaxError', $metadata: { httpStatusCode: 200 } }],
    ['hang before', 'RUNNING', { name: 'AbortError' }],
    ['hang after', 'SUCCEEDED', { name: 'AbortError' }],
    ['half after', 'SUCCEEDED', { name: 'AbortError' }],
    ['KmsThrottlingException', 'RUNNING', { name: 'KmsThrottlingException' }],
    [
      { error: 'ServiceUnavailable', status: 503 },
      'RUNNING',
      { $metadata: { httpStatusCode: 503 } }
    ]
  ]
  for (const [fault, status, error] of cases) {
    t.test(JSON.stringify(fault), async t => {
      const { sfn, client } = await start(t)
      const { taskToken, executionArn } = sfn.waitCallback()
      sfn.fault('SendTaskSuccess', fault)
      const signal = AbortSignal.timeout(300)
      await client
        .send(new SendTaskSuccessCommand({ taskToken, output: '{}' }), { abortSignal: signal })
        .then(
          () => t.fail('no failure'),
          thrown => t.match(thrown, error)
        )
      t.equal(sfn.execution(executionArn).status, status)
    })
  }

  t.test('held up, by predicate, and ended', async t => {
    const { sfn, succeed } = await start(t)
    const { taskToken } = sfn.waitCallback()
    const gate = Promise.withResolvers<void>()
    const open = sfn.fault(
      '*',
      { until: gate.promise },
      call => call.input['taskToken'] === taskToken
    )
    const arrived = sfn.called('SendTaskSuccess')
    const slow = succeed(taskToken, '"slow"')
    await arrived
    open()
    await succeed(taskToken, '"quick"')
    gate.resolve()
    await t.rejects(slow, { name: 'TaskTimedOut' })
    t.strictSame(
      sfn.callsOf('SendTaskSuccess').map(({ input }) => input['output']),
      ['"slow"', '"quick"']
    )
  })
})
