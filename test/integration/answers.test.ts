import { randomUUID } from 'node:crypto'
import {
  CreateActivityCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand
} from '@aws-sdk/client-sfn'
import t, { type Test } from 'tap'
import { connect, executionEnd } from '../../demo/aws.ts'
import { needsParts, realEmulator, realKinto, realService } from '../helpers/real.ts'
import { as, call, collection, type Called } from '../helpers/service.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'

const accounts = ['workflow', 'alice', 'bob']

async function kintoWithCollection(t: Test) {
  const kinto = await realKinto(t)
  for (const user of accounts)
    await call(`${kinto.url}/v1/accounts/${user}`, {
      method: 'PUT',
      body: { data: { password: 'secret' } }
    })
  await call(`${kinto.url}/v1/buckets/stepfunction`, { method: 'PUT', user: 'workflow', body: {} })
  await call(`${kinto.url}/v1${collection}`, {
    method: 'PUT',
    user: 'workflow',
    body: { permissions: { write: ['account:alice', 'account:bob'] } }
  })
  return {
    ...kinto,
    put: (id: string, data: object) =>
      call(`${kinto.url}/v1${collection}/records/${id}`, {
        method: 'PUT',
        user: 'workflow',
        body: { data }
      }),
    get: (id: string) => call(`${kinto.url}/v1${collection}/records/${id}`, { user: 'workflow' })
  }
}

function environment(
  kinto: { url: string },
  stepFunctions: { url: string },
  env: Record<string, string> = {}
) {
  return {
    env: {
      STEPFUNCTION_KINTO_URL: kinto.url,
      STEPFUNCTION_AWS_REGION: region,
      STEPFUNCTION_AWS_ENDPOINT_URL: stepFunctions.url,
      STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
      STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey,
      ...env
    }
  }
}

const post = (
  service: { url: string },
  id: string,
  answer: string,
  user: string
): Promise<Called> =>
  call(`${service.url}/v1${collection}/records/${id}/stepfunction`, {
    method: 'POST',
    user,
    body: { answer }
  })

// Of two answers at once the emulator takes both; the endpoint of the tests takes one, as AWS does.
t.test(
  'fifty answers at once, mixed, over two processes',
  needsParts('a race on a real Kinto'),
  async t => {
    for (const history of [true, false]) {
      await t.test(history ? 'with a history to read' : 'without', async t => {
        const [kinto, sfn] = await Promise.all([kintoWithCollection(t), startStepFunctions(t)])
        const services = await Promise.all(
          [1, 2].map(() => realService(t, environment(kinto, sfn)))
        )
        const { taskToken, executionArn } = sfn.waitCallback()
        await kinto.put('r1', history ? { taskToken, executionArn } : { taskToken })
        const replies = await Promise.all(
          Array.from({ length: 50 }, async (_none, index) => {
            const said = index % 3 === 0 ? 'FAIL' : 'SUCCEED'
            return {
              said,
              ...(await post(
                services[index % 2] ?? { url: '' },
                'r1',
                said,
                index % 2 === 0 ? 'alice' : 'bob'
              ))
            }
          })
        )
        const { status } = await sfn.finished(executionArn)
        const taken = status === 'SUCCEEDED' ? 'SUCCEED' : 'FAIL'
        t.equal(
          replies.filter(({ body }) => body.stepfunction?.outcome === 'accepted').length,
          1,
          'one is accepted'
        )
        for (const { said, status, body } of replies) {
          if (said === taken)
            t.match({ status, body }, { status: 200, body: { stepfunction: { answer: taken } } })
          else t.match({ status, body }, { status: 409, body: { details: { answer: taken } } })
        }
        const [winner] = replies.filter(({ body }) => body.stepfunction?.outcome === 'accepted')
        t.match((await kinto.get('r1')).body.data, {
          status: taken,
          answeredBy: winner?.body.stepfunction.answeredBy,
          answeredAt: winner?.body.stepfunction.answeredAt
        })
      })
    }
  }
)

t.test(
  'two executions wait on one activity of the emulator',
  needsParts('activities on an emulator'),
  async t => {
    const [kinto, emulator] = await Promise.all([kintoWithCollection(t), realEmulator(t)])
    const client = connect(emulator.url)
    t.teardown(() => {
      client.destroy()
    })
    const { activityArn = '' } = await client.send(
      new CreateActivityCommand({ name: 'ManualStep' })
    )
    const states = { Ask: { Type: 'Task', Resource: activityArn, End: true } }
    const { stateMachineArn = '' } = await client.send(
      new CreateStateMachineCommand({
        name: 'Review',
        roleArn: 'arn:aws:iam::123456789012:role/review',
        definition: JSON.stringify({ StartAt: 'Ask', States: states })
      })
    )
    const ids = [randomUUID(), randomUUID()] as const
    const executions: string[] = []
    for (const id of ids) {
      const { executionArn = '' } = await client.send(
        new StartExecutionCommand({
          stateMachineArn,
          input: JSON.stringify({ posted: { data: { id } } })
        })
      )
      executions.push(executionArn)
      await kinto.put(id, { activityArn, stateMachineArn, executionArn })
    }
    const service = await realService(
      t,
      environment(kinto, emulator, {
        STEPFUNCTION_AWS_ACCESS_KEY: '123456789012',
        STEPFUNCTION_KINTO_AUTHORIZATION: as('workflow')
      })
    )
    const [first = '', second = ''] = executions
    t.match(await post(service, ids[1], 'SUCCEED', 'alice'), {
      status: 200,
      body: { stepfunction: { outcome: 'accepted' } }
    })
    t.match(await executionEnd(emulator.url, second), { status: 'SUCCEEDED' })
    t.equal(
      (await client.send(new DescribeExecutionCommand({ executionArn: first }))).status,
      'RUNNING'
    )
    t.equal(
      typeof (await kinto.get(ids[0])).body.data.taskToken,
      'string',
      "the first one's task waits in its own record"
    )
    t.match(await post(service, ids[0], 'FAIL', 'bob'), {
      status: 200,
      body: { stepfunction: { outcome: 'accepted' } }
    })
    t.match(await executionEnd(emulator.url, first), { status: 'FAILED', error: 'Not signing off' })
    t.match(await post(service, ids[0], 'FAIL', 'alice'), {
      status: 200,
      body: { stepfunction: { outcome: 'already_applied', answeredBy: 'account:bob' } }
    })
  }
)
