import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  SFNClient,
  StartExecutionCommand
} from '@aws-sdk/client-sfn'
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn'
import { createFunction } from './function.ts'

export const region = 'us-west-2'
/** The emulator takes twelve digits as the account, and any secret key. */
export const credentials = { accessKeyId: '123456789012', secretAccessKey: 'unused' }
export const role = `arn:aws:iam::${credentials.accessKeyId}:role/demo`

export const workflows = ['activity', 'callback'] as const
export type Workflow = (typeof workflows)[number]

export function connect(endpoint: string): SFNClient {
  return new SFNClient({ endpoint, region, credentials })
}

/**
 * Creates the Lambda function, the activity, and both state machines.
 * @returns the ARNs of the state machines
 */
export async function prepareWorkflows(
  endpoint: string,
  lambdaEnvironment: Record<string, string>
): Promise<Record<Workflow, string>> {
  const client = connect(endpoint)
  const names = {
    CreateRecordArn: await createFunction({
      endpoint,
      region,
      role,
      account: credentials.accessKeyId,
      environment: lambdaEnvironment
    }),
    ManualStepArn:
      (await client.send(new CreateActivityCommand({ name: 'ManualStep' }))).activityArn ?? ''
  }
  return {
    activity: await createMachine(client, 'activity', names),
    callback: await createMachine(client, 'callback', names)
  }
}

/**
 * Starts an execution that asks alice.
 * @returns its ARN
 */
export async function startExecution(
  endpoint: string,
  stateMachineArn: string,
  subject: string
): Promise<string> {
  const { executionArn } = await connect(endpoint).send(
    new StartExecutionCommand({
      stateMachineArn,
      input: JSON.stringify({ subject, reviewer: 'account:alice' })
    })
  )
  return executionArn ?? ''
}

/** Resolves when the execution has ended, however long that takes. */
export async function executionEnd(
  endpoint: string,
  executionArn: string
): Promise<DescribeExecutionOutput> {
  const client = connect(endpoint)
  for (;;) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }))
    if (execution.status !== 'RUNNING') return execution
    await sleep(300)
  }
}

async function createMachine(
  client: SFNClient,
  workflow: Workflow,
  names: Record<string, string>
): Promise<string> {
  const template = await readFile(
    new URL(`workflows/${workflow}.asl.json`, import.meta.url),
    'utf8'
  )
  const { stateMachineArn } = await client.send(
    new CreateStateMachineCommand({
      name: `review-by-${workflow}`,
      definition: template.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => names[name] ?? ''),
      roleArn: role
    })
  )
  return stateMachineArn ?? ''
}
