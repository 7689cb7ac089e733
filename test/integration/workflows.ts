import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand
} from '@aws-sdk/client-sfn'
import type { DescribeExecutionOutput, SFNClient } from '@aws-sdk/client-sfn'
import type { Test } from 'tap'
import { connect, credentials, executionEnd, region, role } from '../../demo/aws.ts'
import { createFunction } from '../../demo/function.ts'
import { authorization, collection, findManualStep, prepareKinto } from '../../demo/kinto.ts'
import type { Account } from '../../demo/kinto.ts'
import { pause } from '../../src/wait.ts'
import { realEmulator, realKinto } from '../helpers/real.ts'
import { call, startService, type Called, type TestService } from '../helpers/service.ts'

/** The demo's Kinto, the emulator, and the service, for state machines that ask alice. */
export interface Workflows {
  client: SFNClient
  service: TestService
  /** The ARNs of the Lambda functions, as definitions name them. */
  functions: { CreateRecordArn: string }
  /** Creates a function of one module. */
  createFunction: (file: string) => Promise<string>
  /**
   * Creates a state machine.
   * @returns its ARN
   */
  createMachine: (
    name: string,
    definition: string,
    names?: Record<string, string>
  ) => Promise<string>
  start: (stateMachineArn: string, input: object) => Promise<string>
  end: (executionArn: string) => Promise<DescribeExecutionOutput>
  /** The path of the record in which an execution asks alice, once it is there. */
  askedIn: (executionArn: string) => Promise<string>
  /** Sends a request to the service, as alice by default. */
  at: (
    path: string,
    request?: { method?: string; body?: object; account?: Account }
  ) => Promise<Called>
}

export async function startWorkflows(t: Test): Promise<Workflows> {
  const [kinto, emulator] = await Promise.all([realKinto(t), realEmulator(t)])
  await prepareKinto(kinto.url)
  const service = await startService(t, kinto, emulator, {
    AWS_ACCESS_KEY: credentials.accessKeyId,
    KINTO_AUTHORIZATION: authorization('stepfunction'),
    SEAL_SECRET: '5ea1'.repeat(16),
    SEAL_REQUIRED: '/buckets/stepfunction'
  })
  const client = connect(emulator.url)
  t.teardown(() => client.destroy())
  const ofFunctions = {
    endpoint: emulator.url,
    region,
    role,
    account: credentials.accessKeyId,
    environment: {
      KINTO_COLLECTION: `${service.url}${collection}`,
      KINTO_AUTHORIZATION: authorization('workflow')
    }
  }
  const functions = { CreateRecordArn: await createFunction(ofFunctions) }
  const end = (executionArn: string): Promise<DescribeExecutionOutput> =>
    executionEnd(emulator.url, executionArn)
  return {
    client,
    service,
    functions,
    end,
    createFunction: file => createFunction({ ...ofFunctions, file }),
    async createMachine(name, definition, names = functions) {
      const command = new CreateStateMachineCommand({
        name,
        definition: definition.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => names[name] ?? ''),
        roleArn: role
      })
      return (await client.send(command)).stateMachineArn ?? ''
    },
    async start(stateMachineArn, input) {
      const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) })
      return (await client.send(command)).executionArn ?? ''
    },
    async askedIn(executionArn) {
      for (;;) {
        const record = await findManualStep(service.url, executionArn)
        if (record !== undefined) return `${collection}/records/${record.id}`
        const { status, error, cause } = await client.send(
          new DescribeExecutionCommand({ executionArn })
        )
        if (status !== 'RUNNING') throw new Error(`${status}: ${error} ${cause}`)
        await pause(50)
      }
    },
    at: (path, { account = 'alice', ...request } = {}) =>
      call(`${service.url}${path}`, {
        headers: { authorization: authorization(account) },
        ...request
      })
  }
}
