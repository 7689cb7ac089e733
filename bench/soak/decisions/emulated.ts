import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetActivityTaskCommand,
  SFNClient,
  StartExecutionCommand
} from '@aws-sdk/client-sfn'
import type { DescribeExecutionOutput } from '@aws-sdk/client-sfn'
import { credentials, region } from '../../../demo/aws.ts'
import type { Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import { emulated } from '../stage/kinto.ts'
import type { Outages } from '../stage/outages.ts'
import type { Client } from '../traffic/client.ts'
import { readTold } from './question.ts'
import type { Told } from './question.ts'

export interface EmulatedOptions {
  url: string
  client: Client
  outages: Outages
  ledger: Ledger
  random: Random
}

const longestEndMs = 5_000
const undecided = ['not reported', 'not known', 'reported, not recorded', 'nothing']

/**
 * Questions of executions in the emulator, each answered by one person. All must go well unless the
 * emulator is restarted in between.
 */
export class Emulated {
  readonly #options: EmulatedOptions
  readonly #sdk: SFNClient

  constructor(options: EmulatedOptions) {
    this.#options = options
    this.#sdk = new SFNClient({ endpoint: options.url, region, credentials, maxAttempts: 1 })
  }

  /** Asks, answers, and checks how the execution ended. */
  async act(): Promise<void> {
    const { client, outages, random, ledger } = this.#options
    const from = Date.now()
    const step = await this.#start().catch((error: unknown) => {
      if (!outages.since(from, 'the emulator')) throw error
    })
    if (step === undefined) return
    const { executionArn, taskToken } = step
    const uri = `${emulated}/records/${randomUUID()}`
    const permissions = { write: ['account:alice'] }
    await client.insist({
      kind: 'PUT question',
      method: 'PUT',
      path: uri,
      user: 'workflow',
      headers: { 'if-none-match': '*' },
      body: { data: { executionArn, taskToken }, permissions },
      expected: [201, 412]
    })
    const said = random.pick(['SUCCEED', 'FAIL'])
    const told = await this.#answer(uri, said)
    const execution = await this.#end(executionArn).catch(() => undefined)
    if (outages.since(from, 'the emulator')) return
    const status = said === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED'
    const right =
      ['accepted', 'already applied'].includes(told.outcome) && told.decision.answer === said
    if (!right || execution?.status !== status)
      ledger.violation('An answer to the emulator went wrong', { uri, said, told, execution })
  }

  close(): void {
    this.#sdk.destroy()
  }

  async #answer(uri: string, said: string): Promise<Told> {
    for (;;) {
      const told = readTold(
        await this.#options.client.insist({
          kind: 'POST answer, emulator',
          method: 'POST',
          path: `${uri}/stepfunction`,
          user: 'alice',
          body: { answer: said },
          expected: [200, 410]
        })
      )
      if (!undecided.includes(told.outcome)) return told
    }
  }

  // The emulator ends an execution some time after it has taken the answer
  async #end(executionArn: string): Promise<DescribeExecutionOutput> {
    const latest = Date.now() + longestEndMs
    for (;;) {
      const execution = await this.#sdk.send(new DescribeExecutionCommand({ executionArn }))
      if (execution.status !== 'RUNNING' || Date.now() > latest) return execution
      await sleep(50)
    }
  }

  // Creates all anew, because a restarted emulator has forgotten the activity and the state machine
  async #start(): Promise<{ executionArn: string; taskToken: string }> {
    const { activityArn = '' } = await this.#sdk.send(
      new CreateActivityCommand({ name: randomUUID() })
    )
    const definition = JSON.stringify({
      StartAt: 'Ask',
      States: { Ask: { Type: 'Task', Resource: activityArn, End: true } }
    })
    const { stateMachineArn } = await this.#sdk.send(
      new CreateStateMachineCommand({
        name: randomUUID(),
        roleArn: 'arn:aws:iam::123456789012:role/review',
        definition
      })
    )
    const { executionArn = '' } = await this.#sdk.send(
      new StartExecutionCommand({ stateMachineArn })
    )
    const { taskToken = '' } = await this.#sdk.send(new GetActivityTaskCommand({ activityArn }))
    return { executionArn, taskToken }
  }
}
