import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  GetActivityTaskCommand,
  StartExecutionCommand
} from '@aws-sdk/client-sfn'
import { connect, role } from './aws.ts'

/**
 * Starts executions that wait, each for one answer, and about which nothing is asked yet.
 * @returns the token of each, with which to ask
 */
export async function startWaiting(endpoint: string, count: number): Promise<string[]> {
  const client = connect(endpoint)
  const { activityArn } = await client.send(new CreateActivityCommand({ name: 'ByHand' }))
  const { stateMachineArn } = await client.send(
    new CreateStateMachineCommand({
      name: 'review-by-hand',
      roleArn: role,
      definition: JSON.stringify({
        StartAt: 'Wait',
        States: { Wait: { Type: 'Task', Resource: activityArn, End: true } }
      })
    })
  )
  const tokens: string[] = []
  for (let index = 0; index < count; index += 1) {
    await client.send(new StartExecutionCommand({ stateMachineArn }))
    const { taskToken } = await client.send(new GetActivityTaskCommand({ activityArn }))
    tokens.push(taskToken ?? '')
  }
  return tokens
}
