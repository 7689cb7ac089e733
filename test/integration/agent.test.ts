import { readFile } from 'node:fs/promises'
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand
} from '@aws-sdk/client-sfn'
import t from 'tap'
import { connect, credentials, executionEnd, prepareWorkflows, role } from '../../demo/aws.ts'
import { authorization, collection, findManualStep, prepareKinto } from '../../demo/kinto.ts'
import { pause } from '../../src/wait.ts'
import { needsParts, realEmulator, realKinto } from '../helpers/real.ts'
import { call, startService } from '../helpers/service.ts'

const proposal = {
  action: 'refund',
  arguments: { amount: 120, to: 'carol@example.org' },
  reason: 'The parcel never came.',
  risk: 7,
  reviewer: 'account:alice',
  requestedBy: 'account:workflow'
}

t.test('what an agent proposes, on the emulator', needsParts('the recipe for agents'), async t => {
  const [kinto, emulator] = await Promise.all([realKinto(t), realEmulator(t)])
  await prepareKinto(kinto.url)
  const service = await startService(t, kinto, emulator, {
    AWS_ACCESS_KEY: credentials.accessKeyId,
    KINTO_AUTHORIZATION: authorization('stepfunction'),
    SEAL_SECRET: '5ea1'.repeat(16),
    SEAL_REQUIRED: '/buckets/stepfunction'
  })
  const { callback } = await prepareWorkflows(emulator.url, {
    KINTO_COLLECTION: `${service.url}${collection}`,
    KINTO_AUTHORIZATION: authorization('workflow')
  })
  const client = connect(emulator.url)
  t.teardown(() => client.destroy())
  const createRecord = callback
    .replace(':states:', ':lambda:')
    .replace(/stateMachine:.*/, 'function:create-record')

  async function createMachine(name: string): Promise<string> {
    const definition = await readFile(`docs/aws/${name}.asl.json`, 'utf8')
    const { stateMachineArn = '' } = await client.send(
      new CreateStateMachineCommand({
        name,
        definition: definition.replaceAll('${CreateRecordArn}', createRecord),
        roleArn: role
      })
    )
    return stateMachineArn
  }

  async function start(stateMachineArn: string, input: object): Promise<string> {
    const command = new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) })
    return (await client.send(command)).executionArn ?? ''
  }

  /** The address of the record in which an execution asks. */
  async function askedIn(executionArn: string): Promise<string> {
    for (;;) {
      const record = await findManualStep(service.url, executionArn)
      if (record !== undefined)
        return `${service.url}${collection}/records/${record.id}/stepfunction`
      const { status, error, cause } = await client.send(
        new DescribeExecutionCommand({ executionArn })
      )
      if (status !== 'RUNNING') throw new Error(`${status}: ${error} ${cause}`)
      await pause(50)
    }
  }

  const headers = { authorization: authorization('alice') }
  const agent = await createMachine('agent')

  await t.test('a small risk is nobody asked about', async t => {
    const end = await executionEnd(emulator.url, await start(agent, { ...proposal, risk: 1 }))
    t.match(JSON.parse(end.output ?? ''), { arguments: proposal.arguments })
  })

  const rows: [title: string, body: object, status: string, end: object][] = [
    [
      'corrected',
      { choice: 'Do it', output: { amount: 60, to: 'carol@example.org' } },
      'SUCCEEDED',
      { action: 'refund', arguments: { amount: 60 }, review: { choice: 'Do it' } }
    ],
    [
      'sent back',
      { choice: 'Send back', comment: 'Offer a voucher' },
      'SUCCEEDED',
      { refusal: { review: { choice: 'Send back', comment: 'Offer a voucher' } } }
    ],
    ['stopped', { choice: 'Stop' }, 'FAILED', { error: 'Stopped' }]
  ]
  for (const [title, body, status, expected] of rows) {
    await t.test(title, async t => {
      const executionArn = await start(agent, proposal)
      const url = await askedIn(executionArn)
      const { data } = (await call(url, { headers })).body
      t.match(data, {
        canAnswer: true,
        form: { properties: { amount: { default: 120 } } },
        record: { subject: 'May the agent refund?', arguments: proposal.arguments }
      })
      const left = Date.parse(data.expiresAt) - Date.now()
      t.ok(left > 86_000_000 && left <= 86_400_000, 'a day, as TimeoutSeconds says')
      t.match(await call(url, { method: 'POST', headers, body }), { status: 200 })
      const end = await executionEnd(emulator.url, executionArn)
      t.equal(end.status, status)
      t.match(status === 'FAILED' ? end : JSON.parse(end.output ?? ''), expected)
    })
  }

  await t.test('the same in JSONata', async t => {
    const executionArn = await start(await createMachine('callback-jsonata'), {
      subject: 'Sign off?',
      reviewer: 'account:alice',
      requestedBy: 'account:workflow'
    })
    const url = await askedIn(executionArn)
    const { data } = (await call(url, { headers })).body
    t.match(data, { canAnswer: true, choices: [{ label: 'Sign off' }, { label: 'Send back' }] })
    const left = Date.parse(data.expiresAt) - Date.now()
    t.ok(left > 604_000_000 && left <= 604_800_000)
    const body = { choice: 'Sign off', output: { score: 5 } }
    t.match(await call(url, { method: 'POST', headers, body }), { status: 200 })
    const end = await executionEnd(emulator.url, executionArn)
    t.match(JSON.parse(end.output ?? ''), { review: { choice: 'Sign off', output: { score: 5 } } })
  })
})
