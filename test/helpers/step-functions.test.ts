import {
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  GetExecutionHistoryCommand,
  SendTaskHeartbeatCommand
} from '@aws-sdk/client-sfn'
import t from 'tap'
import { startWithClient } from './step-functions-client.ts'
import { activityArn } from './step-functions.ts'

t.test('a callback is answered once; the history is as AWS writes it', async t => {
  const { sfn, client, types, succeed, fail } = await startWithClient(t)
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
  const { sfn, types, succeed, fail, poll } = await startWithClient(t, { pollMs: 50 })
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
  const { sfn, client, poll } = await startWithClient(t)
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
  const { sfn, types, succeed } = await startWithClient(t)
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
  const { sfn, types, succeed, fail, poll } = await startWithClient(t)
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
