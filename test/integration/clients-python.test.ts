import { randomUUID } from 'node:crypto'
import { CreateStateMachineCommand, StartExecutionCommand } from '@aws-sdk/client-sfn'
import t, { type Test } from 'tap'
import { connect, credentials, executionEnd, region } from '../../demo/aws.ts'
import type { Emulator } from '../../demo/parts/emulator.ts'
import { needsParts, realEmulator } from '../helpers/real.ts'
import { collection } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
import { runPython } from './python/run.ts'
import { startStage } from './stage.ts'

t.test('kinto-http through the service', needsParts('the Python client of Kinto'), async t => {
  const { service } = await startStage(t, await startStepFunctions(t), {
    settings: { 'kinto.paginate_by': '3' }
  })
  const saw = await runPython('ordinary.py', `${service.url}/v1`)
  const all = [0, 1, 2, 3, 4, 5, 6]
  const existing = {
    status: 412,
    body: { errno: 114, details: { existing: { id: 'kept', title: 'new' } } }
  }
  t.match(saw, {
    user: 'account:dora',
    'wrong password': { status: 401, body: { errno: 104 } },
    'created twice': { status: 412 },
    listed: all,
    pages: [[0, 1, 2], [3, 4, 5], [6]],
    'same version': null,
    'old version': existing,
    'id taken': existing,
    merged: { title: 'new', added: 1 },
    patched: { title: 'best', added: 1 },
    private: { status: 403, body: { errno: 121 } },
    shared: 'best',
    batch: [
      { id: 'b0', number: 0 },
      { id: 'b1', number: 1 },
      { id: 'b2', number: 2 },
      { id: 'b1', deleted: true }
    ],
    deleted: { status: 404, body: { errno: 110 } }
  })
  t.notOk('gone' in saw.merged, 'a merge patch reaches Kinto as one')
  t.ok(saw['next page'].startsWith(`${service.url}/v1/buckets/films/`), saw['next page'])
})

t.test(
  'kinto-http answers 25 records in one batch',
  needsParts('a batch of answers on an emulator'),
  async t => {
    const emulator = await realEmulator(t)
    const { service } = await startStage(t, emulator, {
      env: { AWS_ACCESS_KEY: credentials.accessKeyId }
    })
    const waiting = await startWaiting(t, emulator, 25)
    const records = waiting.map(({ taskToken, executionArn }, index) => ({
      data: { id: `r${index}`, taskToken, executionArn },
      answer:
        index % 5 === 0
          ? { answer: 'FAIL', error: `No${index}` }
          : { answer: 'SUCCEED', comment: `yes, ${index}` }
    }))
    const entries = await runPython('answers.py', `${service.url}/v1`, JSON.stringify(records))
    t.equal(entries.length, 25)
    const ends = await Promise.all(
      waiting.map(({ executionArn }) => executionEnd(emulator.url, executionArn))
    )
    for (const [
      index,
      {
        data,
        answer: { answer }
      }
    ] of records.entries()) {
      const decided = { answer, answeredBy: 'account:alice' }
      t.match(entries[index], {
        data: { id: data.id, status: answer },
        stepfunction: { outcome: 'accepted', ...decided }
      })
      const { status, output, error, cause } = ends[index] ?? {}
      t.match(
        { status, error },
        answer === 'FAIL' ? { status: 'FAILED', error: `No${index}` } : { status: 'SUCCEEDED' }
      )
      t.match(JSON.parse((answer === 'FAIL' ? cause : output) ?? ''), {
        ...decided,
        record: `${collection}/records/${data.id}`
      })
    }
  }
)

/** Starts so many executions, which put their tokens into a queue and wait. */
async function startWaiting(
  t: Test,
  emulator: Emulator,
  count: number
): Promise<{ executionArn: string; taskToken: string }[]> {
  const client = connect(emulator.url)
  t.teardown(() => {
    client.destroy()
  })
  const { QueueUrl } = await queue(emulator, 'CreateQueue', { QueueName: 'questions' })
  const ask = {
    Type: 'Task',
    Resource: 'arn:aws:states:::sqs:sendMessage.waitForTaskToken',
    End: true,
    Parameters: {
      QueueUrl,
      MessageBody: { 'taskToken.$': '$$.Task.Token', 'executionArn.$': '$$.Execution.Id' }
    }
  }
  const { stateMachineArn = '' } = await client.send(
    new CreateStateMachineCommand({
      name: 'Ask',
      roleArn: `arn:aws:iam::${credentials.accessKeyId}:role/ask`,
      definition: JSON.stringify({ StartAt: 'Ask', States: { Ask: ask } })
    })
  )
  await Promise.all(
    Array.from({ length: count }, () =>
      client.send(new StartExecutionCommand({ stateMachineArn, name: randomUUID() }))
    )
  )
  const found: { executionArn: string; taskToken: string }[] = []
  while (found.length < count) {
    const { Messages = [] } = await queue(emulator, 'ReceiveMessage', {
      QueueUrl,
      MaxNumberOfMessages: 10,
      WaitTimeSeconds: 5,
      VisibilityTimeout: 600
    })
    found.push(...Messages.map(({ Body }: { Body: string }) => JSON.parse(Body)))
  }
  return found
}

/** Calls SQS by its plain API, because the SDK's client would serve for nothing else here. */
async function queue({ url }: Emulator, operation: string, input: object): Promise<any> {
  const scope = `${credentials.accessKeyId}/20260101/${region}/sqs/aws4_request`
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `AmazonSQS.${operation}`,
      // The emulator reads account and region here, and checks no signature
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`
    },
    body: JSON.stringify(input)
  })
  return await response.json()
}
