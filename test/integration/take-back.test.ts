import { CreateActivityCommand, SendTaskFailureCommand } from '@aws-sdk/client-sfn'
import { GetActivityTaskCommand } from '@aws-sdk/client-sfn'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parse } from 'yaml'
import { collection } from '../../demo/kinto.ts'
import { needsParts } from '../helpers/real.ts'
import { startWorkflows, type Workflows } from './workflows.ts'

const input = { subject: 'Sign off?', reviewer: 'account:alice', requestedBy: 'account:workflow' }
const proposal = { action: 'refund', arguments: { amount: 1, to: 'a@example.org' }, reason: 'x' }

/** A definition whose steps wait for some seconds, in place of days. */
const impatient = (definition: string): string =>
  definition.replaceAll(/\b(?:604800|86400)\b/g, '10')

const read = (name: string): string => impatient(readFileSync(name, 'utf8'))

t.test('nobody answers in time', needsParts('questions that are taken back'), async t => {
  const workflows = await startWorkflows(t)
  const { createMachine, start, end, at } = workflows

  const rows: [title: string, stateMachineArn: string, input: object, error: string][] = [
    [
      'with a callback',
      await createMachine('callback', read('demo/workflows/callback.asl.json')),
      input,
      'NobodyAnswered'
    ],
    [
      'in JSONata',
      await createMachine('jsonata', read('docs/aws/callback-jsonata.asl.json')),
      input,
      'NobodyAnswered'
    ],
    [
      'what an agent proposes',
      await createMachine('agent', read('docs/aws/agent.asl.json')),
      { ...input, ...proposal, risk: 7 },
      'States.Timeout'
    ],
    [
      'one of several reviewers',
      await createMachine('every', read('docs/aws/every-reviewer.asl.json')),
      { ...input, reviewers: ['account:alice'] },
      'NobodyAnswered'
    ],
    ['without a Lambda function', await withoutLambda(workflows), input, 'NobodyAnswered']
  ]
  await Promise.all(
    rows.map(async ([title, stateMachineArn, input, error]) => {
      const executionArn = await start(stateMachineArn, input)
      t.match(await end(executionArn), { status: 'FAILED', error }, title)
      const record = await askedBy(workflows, executionArn)
      t.equal((await at(record, { account: 'workflow' })).status, 404, `${title}: it is taken back`)
    })
  )
})

t.test('several reviewers, of whom one answers', needsParts('several reviewers'), async t => {
  const { createMachine, start, end, askedIn, at } = await startWorkflows(t)
  const definition = read('docs/aws/every-reviewer.asl.json').replaceAll(': 10,', ': 60,')
  const stateMachineArn = await createMachine('every', definition)
  const reviewers = ['account:alice']
  const executionArn = await start(stateMachineArn, { ...input, reviewers })
  const record = await askedIn(executionArn)
  const answered = await at(`${record}/stepfunction`, {
    method: 'POST',
    body: { answer: 'SUCCEED' }
  })
  t.equal(answered.status, 200)
  const { output } = await end(executionArn)
  t.match(JSON.parse(output ?? ''), { reviews: [{ answeredBy: 'account:alice' }] })
  t.match(await at(record), { body: { data: { status: 'SUCCEED' } } }, 'what is decided stays')
})

t.test('an activity', needsParts('questions that are taken back'), async t => {
  const { client, functions, createMachine, start, end, askedIn, at } = await startWorkflows(t)
  const { activityArn = '' } = await client.send(new CreateActivityCommand({ name: 'ManualStep' }))
  const stateMachineArn = await createMachine(
    'activity',
    read('demo/workflows/activity.asl.json'),
    {
      ...functions,
      ManualStepArn: activityArn
    }
  )
  const executionArn = await start(stateMachineArn, input)
  const record = await askedIn(executionArn)
  t.equal((await at(record)).status, 200)
  // The emulator has no timeouts of activities, so this is what Step Functions does then.
  const { taskToken } = await client.send(new GetActivityTaskCommand({ activityArn }))
  await client.send(new SendTaskFailureCommand({ taskToken, error: 'States.Timeout' }))
  t.match(await end(executionArn), { status: 'FAILED', error: 'NobodyAnswered' })
  t.equal((await at(record, { account: 'workflow' })).status, 404, 'it is taken back')
})

/** The path of the record in which an execution asked, by Kinto's history. */
async function askedBy({ at }: Workflows, executionArn: string): Promise<string> {
  const history = '/v1/buckets/stepfunction/history?resource_name=record&action=create'
  const { body } = await at(history, { account: 'admin' })
  const created = body.data.find(({ target }: any) => target.data.executionArn === executionArn)
  return `/v1${created.uri}`
}

/**
 * Creates both state machines of the template, with a Lambda function that does what the emulator
 * cannot do.
 */
async function withoutLambda({
  service,
  createFunction,
  createMachine
}: Workflows): Promise<string> {
  const HttpInvokeArn = await createFunction(join(import.meta.dirname, 'http-invoke.mjs'))
  const names = { HttpInvokeArn, Collection: `${service.url}${collection}`, ConnectionArn: 'none' }
  const template = parse(readFileSync('deploy/workflow-without-lambda.yaml', 'utf8'), {
    logLevel: 'error'
  })
  const definition = (of: string): string => {
    const { States, ...rest } = template.Resources[of].Properties.Definition
    return impatient(
      JSON.stringify({ ...rest, States: Object.fromEntries(Object.entries(States).map(callable)) })
    )
  }
  const AskArn = await createMachine('ask', definition('Ask'), names)
  return await createMachine('review', definition('Review'), { ...names, AskArn })
}

function callable([name, state]: [string, any]): [string, object] {
  if (state.Resource !== 'arn:aws:states:::http:invoke') return [name, state]
  const field = 'Arguments' in state ? 'Arguments' : 'Parameters'
  const call = { FunctionName: '${HttpInvokeArn}', Payload: state[field] }
  return [name, { ...state, Resource: 'arn:aws:states:::lambda:invoke', [field]: call }]
}
