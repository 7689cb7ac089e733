import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { answer, call, startService, type Called } from '../helpers/service.ts'
import { credentials, startStepFunctions } from '../helpers/step-functions.ts'
import { startKinto } from '../helpers/kinto.ts'
import {
  accepted,
  agreed,
  held,
  record,
  startParts,
  startReplica,
  told,
  untouched,
  writers,
  type Parts
} from './stage.ts'

/** No variable of AWS but these. */
function environment(t: Test, variables: Record<string, string> = {}): void {
  const before = process.env
  t.teardown(() => {
    process.env = before
  })
  process.env = {
    PATH: before['PATH'],
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/none',
    AWS_SHARED_CREDENTIALS_FILE: '/none',
    ...variables
  }
}

const without = { AWS_ACCESS_KEY: '', AWS_SECRET_KEY: '' }
const both = { AWS_ACCESS_KEY_ID: 'AKID', AWS_SECRET_ACCESS_KEY: 'never-in-a-log' }
/** For a machine that does other things as well. */
const seconds = 6

/** A server that takes connections, and never begins TLS. */
async function silent(t: Test): Promise<string> {
  const server = createServer(socket => socket.on('error', () => {}).resume())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => server.close())
  return `https://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('nothing can be sent to AWS', async t => {
  const rows: [
    title: string,
    variables: Record<string, string>,
    settings: (t: Test) => Promise<Record<string, string>>,
    retry: boolean,
    message: RegExp,
    code: string
  ][] = [
    [
      'no credentials',
      {},
      async () => without,
      true,
      /no valid AWS credentials/,
      'CredentialsProviderError'
    ],
    [
      'a key that no request can be signed with',
      { ...both, AWS_ACCESS_KEY_ID: 'AK\nID' },
      async () => without,
      false,
      /cannot call Step Functions with its settings/,
      'ERR_INVALID_CHAR'
    ],
    [
      'nobody listens',
      {},
      async () => ({ AWS_ENDPOINT_URL: 'http://127.0.0.1:1' }),
      true,
      /cannot be reached/,
      'ECONNREFUSED'
    ],
    [
      'nobody answers',
      {},
      async t => ({ AWS_ENDPOINT_URL: await silent(t) }),
      true,
      /cannot be reached/,
      'AbortError'
    ]
  ]
  for (const [title, variables, settings, retry, message, code] of rows) {
    await t.test(`${title}: nothing was reported, soon and in one line`, async t => {
      environment(t, variables)
      const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
      const { taskToken, executionArn } = sfn.waitCallback()
      kinto.store.put(record, { taskToken, executionArn }, writers)
      const env = { AWS_TIMEOUT_SECONDS: '3', ...(await settings(t)) }
      const { url, log } = await startService(t, kinto, sfn, env)

      const post = await timed(() => answer({ url }, record, { answer: 'SUCCEED' }))
      t.match(told(post.reply), { status: 503, retry })
      t.match(post.reply.body.message, message)
      t.match(post.reply.body.message, /Nothing was reported/)
      t.ok(post.ms < seconds * 1_000, `POST: ${post.ms} ms`)
      t.strictSame(held({ kinto, sfn }, executionArn), untouched)

      const get = await timed(() => call(`${url}/v1${record}/stepfunction`, { user: 'alice' }))
      t.match(get.reply, { status: 200, body: { data: { state: 'pending' } } })
      t.ok(get.ms < seconds * 1_000, `GET: ${get.ms} ms`)

      const lines = log.filter(({ level }) => Number(level) >= 40).map(line => JSON.stringify(line))
      t.ok(lines.some(line => line.includes(code)))
      t.notMatch(lines.join('\n'), /"stack"|\\n +at |AKID|never-in-a-log/)
      for (const line of lines) t.ok(line.length < 1_000, line)
    })
  }
})

t.test('a key that was made with echo: its line feed is no part of it', async t => {
  const parts = await startParts(t)
  const { taskToken, executionArn } = parts.sfn.waitCallback()
  parts.kinto.store.put(record, { taskToken }, writers)
  const service = await startReplica(t, parts, without, {
    AWS_ACCESS_KEY_ID: `${credentials.accessKeyId}\n`,
    AWS_SECRET_ACCESS_KEY: `${credentials.secretAccessKey}\n`
  })
  t.strictSame(told(await answer(service, record, { answer: 'SUCCEED' })), accepted('SUCCEED'))
  t.strictSame(held(parts, executionArn), agreed('SUCCEED'))
  t.equal(parts.sfn.calls[0]?.accessKeyId, credentials.accessKeyId)
})

t.test('a step that was answered long ago in a long execution: the history tells', async t => {
  const parts = await startParts(t)
  const first = parts.sfn.waitCallback({ stayOpen: true })
  const { executionArn } = first
  const data = { taskToken: first.taskToken, executionArn }
  parts.kinto.store.put(record, data, writers)
  t.match(
    told(
      await answer(await startService(t, parts.kinto, parts.sfn), record, { answer: 'SUCCEED' })
    ),
    {
      status: 200
    }
  )
  runOn(parts, executionArn, 400)
  t.ok(parts.sfn.execution(executionArn).events.length > 2_000)
  for (const [decision, status] of [
    ['SUCCEED', 200],
    ['FAIL', 409]
  ] as const) {
    parts.kinto.store.put(record, data, writers)
    const another = await startService(t, parts.kinto, parts.sfn)
    const reply = await answer(another, record, { answer: decision }, 'bob')
    t.match(told(reply), {
      status,
      answer: 'SUCCEED',
      answeredBy: 'account:alice'
    })
  }
})

/** Lets the step of an execution come round again and again, answered past the service. */
function runOn({ sfn }: Parts, executionArn: string, turns: number): void {
  for (let turn = 0; turn < turns; turn++)
    sfn.answer(sfn.waitCallback({ executionArn }).taskToken, { output: '{}' })
}

async function timed(send: () => Promise<Called>): Promise<{ reply: Called; ms: number }> {
  const begun = performance.now()
  return { reply: await send(), ms: Math.round(performance.now() - begun) }
}
