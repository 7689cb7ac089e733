import {
  GetActivityTaskCommand,
  SFNClient,
  SendTaskFailureCommand,
  SendTaskSuccessCommand
} from '@aws-sdk/client-sfn'
import type { Test } from 'tap'
import { activityArn, credentials, region, startStepFunctions } from './step-functions.ts'

/** Step Functions, and AWS's own client of it, with shorthands. */
export async function startWithClient(t: Test, options: { pollMs?: number } = {}) {
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
