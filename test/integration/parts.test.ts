import { setTimeout as sleep } from 'node:timers/promises'
import {
  GetActivityTaskCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand
} from '@aws-sdk/client-sfn'
import t from 'tap'
import { connect, executionEnd, prepareWorkflows, startExecution } from '../../demo/aws.ts'
import { authorization, collection, findManualStep, prepareKinto } from '../../demo/kinto.ts'
import {
  needsParts,
  needsPostgres,
  realDatabase,
  realEmulator,
  realKinto
} from '../helpers/real.ts'
import { startService } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'

t.test('a real Kinto', needsParts('a real Kinto'), async t => {
  const kinto = await realKinto(t, { settings: { 'kinto.paginate_by': '7' } })

  const hello = await (await fetch(`${kinto.url}/v1/`)).json()
  t.match(hello, {
    project_version: '26.5.0',
    capabilities: { accounts: {}, history: {}, default_bucket: {} }
  })

  await prepareKinto(kinto.url)
  for (const account of ['admin', 'alice'] as const) {
    const root = await (
      await fetch(`${kinto.url}/v1/`, { headers: { authorization: authorization(account) } })
    ).json()
    t.match(root, { user: { id: `account:${account}` } })
  }
  const wrong = await fetch(`${kinto.url}/v1/accounts/alice`, {
    headers: { authorization: `Basic ${btoa('alice:wrong')}` }
  })
  t.equal(wrong.status, 401)

  await kinto.stop()
  await t.rejects(fetch(`${kinto.url}/v1/`))
})

t.test('a Kinto on PostgreSQL', needsPostgres('a Kinto on PostgreSQL'), async t => {
  const database = await realDatabase()
  const [first, second] = [await realKinto(t, { database }), await realKinto(t, { database })]
  const other = await realKinto(t, { backend: 'postgresql' })
  await prepareKinto(first.url)

  t.equal(await statusOfCollection(second), 200, 'shares its objects with another one')
  t.equal(await statusOfCollection(other), 401, 'has a database of its own otherwise')
  await first.stop()
  t.equal(await statusOfCollection(await realKinto(t, { database })), 200, 'keeps them')
})

async function statusOfCollection(kinto: { url: string }): Promise<number> {
  const url = `${kinto.url}${collection}`
  return (await fetch(url, { headers: { authorization: authorization('workflow') } })).status
}

t.test('the workflows of the demo', needsParts('workflows on an emulator'), async t => {
  const kinto = await realKinto(t)
  const emulator = await realEmulator(t)
  await prepareKinto(kinto.url)
  const service = await startService(t, kinto, emulator)
  const machines = await prepareWorkflows(emulator.url, {
    KINTO_COLLECTION: `${service.url}${collection}`,
    KINTO_AUTHORIZATION: authorization('workflow')
  })
  const client = connect(emulator.url)
  t.teardown(() => client.destroy())

  t.test('an activity: its task names the record that its Lambda created', async t => {
    const executionArn = await startExecution(emulator.url, machines.activity, 'by activity')
    const { taskToken, input } = await client.send(
      new GetActivityTaskCommand({
        activityArn: machines.activity.replace(/stateMachine:.*/, 'activity:ManualStep')
      })
    )
    const record = await findManualStep(kinto.url, executionArn)
    t.match(JSON.parse(input ?? ''), {
      postedToKinto: { data: { id: record?.id, subject: 'by activity', reviewer: 'account:alice' } }
    })
    await client.send(new SendTaskSuccessCommand({ taskToken, output: '{"decided": true}' }))
    const end = await executionEnd(emulator.url, executionArn)
    t.match(end, { status: 'SUCCEEDED' })
    t.match(JSON.parse(end.output ?? ''), { review: { decided: true } })
  })

  t.test('a callback: the record carries the token, and an error ends the execution', async t => {
    const executionArn = await startExecution(emulator.url, machines.callback, 'by callback')
    let record = await findManualStep(kinto.url, executionArn)
    while (record === undefined) {
      await sleep(50)
      record = await findManualStep(kinto.url, executionArn)
    }
    t.match(record, {
      executionArn,
      stateMachineArn: machines.callback,
      taskToken: String,
      status: 'UNANSWERED'
    })
    await client.send(
      new SendTaskFailureCommand({
        taskToken: String(record.taskToken),
        error: 'NotSignedOff',
        cause: 'why'
      })
    )
    t.match(await executionEnd(emulator.url, executionArn), {
      status: 'FAILED',
      error: 'NotSignedOff',
      cause: 'why'
    })
  })
})

t.test('the Lambda of the demo run again', needsParts('a retried Lambda'), async t => {
  const kinto = await realKinto(t)
  await prepareKinto(kinto.url)
  const service = await startService(t, kinto, await startStepFunctions(t))
  process.env['KINTO_COLLECTION'] = `${service.url}${collection}`
  process.env['KINTO_AUTHORIZATION'] = authorization('workflow')
  const { handler } = await import(
    new URL('../../demo/lambda/create-record.mjs', import.meta.url).href
  )
  const executionArn = 'arn:aws:states:us-west-2:123456789012:execution:review:1'
  const question = {
    asked: { state: 'Ask', at: '2026-01-01T00:00:00Z' },
    subject: 'again',
    reviewer: 'account:alice',
    executionArn,
    activityArn: 'arn:aws:states:us-west-2:123456789012:activity:ManualStep'
  }

  t.test('creates no second record', async t => {
    const first = await handler(question)
    t.match(first, {
      data: {
        id: /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
        status: 'UNANSWERED'
      }
    })
    t.same((await handler(question)).data, first.data)
  })

  t.test('has one record for each token', async t => {
    const [first, second] = [
      await handler({ ...question, taskToken: 'one' }),
      await handler({ ...question, taskToken: 'two' })
    ]
    t.match(second, { data: { status: 'UNANSWERED', taskToken: 'two' } })
    t.not(second.data.id, first.data.id)
    t.same((await handler({ ...question, taskToken: 'one' })).data, first.data)
  })

  t.test('asks again for another state, and says what was refused, and where', async t => {
    const other = await handler({
      ...question,
      asked: { ...question.asked, at: '2026-01-01T00:00:01Z' }
    })
    t.not(other.data.id, (await handler(question)).data.id)
    process.env['KINTO_AUTHORIZATION'] = authorization('alice')
    await t.rejects(handler({ ...question, subject: 'not allowed' }), {
      message: /stepfunction answered 403/
    })
    process.env['KINTO_COLLECTION'] = 'http://127.0.0.1:1/v1/buckets/b/collections/c'
    await t.rejects(handler(question), { message: /127\.0\.0\.1:1.* cannot be reached: / })
  })
})
