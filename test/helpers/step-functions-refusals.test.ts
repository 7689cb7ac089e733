import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  SFNClient,
  SendTaskFailureCommand,
  SendTaskSuccessCommand
} from '@aws-sdk/client-sfn'
import t from 'tap'
import { startWithClient } from './step-functions-client.ts'
import { activityArn, credentials, region } from './step-functions.ts'

t.test('refuses what AWS refuses', async t => {
  const { sfn, client, succeed, poll } = await startWithClient(t)
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
