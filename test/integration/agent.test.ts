import { readFile } from 'node:fs/promises'
import t from 'tap'
import { needsParts } from '../helpers/real.ts'
import { startWorkflows } from './workflows.ts'

const proposal = {
  action: 'refund',
  arguments: { amount: 120, to: 'carol@example.org' },
  reason: 'The parcel never came.',
  risk: 7,
  reviewer: 'account:alice',
  requestedBy: 'account:workflow'
}

t.test('what an agent proposes, on the emulator', needsParts('the recipe for agents'), async t => {
  const { createMachine, start, end, askedIn, at } = await startWorkflows(t)
  const create = async (name: string): Promise<string> =>
    await createMachine(name, await readFile(`docs/aws/${name}.asl.json`, 'utf8'))
  const agent = await create('agent')

  await t.test('a small risk is nobody asked about', async t => {
    const { output } = await end(await start(agent, { ...proposal, risk: 1 }))
    t.match(JSON.parse(output ?? ''), { arguments: proposal.arguments })
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
      const record = await askedIn(executionArn)
      const { data } = (await at(`${record}/stepfunction`)).body
      t.match(data, {
        canAnswer: true,
        form: { properties: { amount: { default: 120 } } },
        record: { subject: 'May the agent refund?', arguments: proposal.arguments }
      })
      const left = Date.parse(data.expiresAt) - Date.now()
      t.ok(left > 86_000_000 && left <= 86_400_000, 'a day, as TimeoutSeconds says')
      t.match(await at(`${record}/stepfunction`, { method: 'POST', body }), { status: 200 })
      const ended = await end(executionArn)
      t.equal(ended.status, status)
      t.match(status === 'FAILED' ? ended : JSON.parse(ended.output ?? ''), expected)
    })
  }

  await t.test('the same in JSONata', async t => {
    const executionArn = await start(await create('callback-jsonata'), {
      subject: 'Sign off?',
      reviewer: 'account:alice',
      requestedBy: 'account:workflow'
    })
    const record = await askedIn(executionArn)
    const { data } = (await at(`${record}/stepfunction`)).body
    t.match(data, { canAnswer: true, choices: [{ label: 'Sign off' }, { label: 'Send back' }] })
    const left = Date.parse(data.expiresAt) - Date.now()
    t.ok(left > 604_000_000 && left <= 604_800_000)
    const body = { choice: 'Sign off', output: { score: 5 } }
    t.match(await at(`${record}/stepfunction`, { method: 'POST', body }), { status: 200 })
    const { output } = await end(executionArn)
    t.match(JSON.parse(output ?? ''), { review: { choice: 'Sign off', output: { score: 5 } } })
  })
})
