import { once } from 'node:events'
import { createServer } from 'node:http'
import { Worker } from 'node:worker_threads'
import { connect } from 'node:net'
import { GetActivityTaskCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn'
import t from 'tap'
import { SdkClients } from '../../src/stepfunctions/sdk.ts'
import { activityArn, credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import type { ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Test } from 'tap'
import type { StepFunctionsSettings } from '../../src/stepfunctions/sdk.ts'

function clientsOf(t: Test, settings: Partial<StepFunctionsSettings>): SdkClients {
  const clients = new SdkClients({ timeoutMs: 3000, credentials, ...settings })
  t.teardown(() => {
    clients.close()
  })
  return clients
}

async function send(
  clients: SdkClients,
  taskToken: string,
  from = region,
  ms = 1000
): Promise<unknown> {
  return await clients.call<unknown>(
    from,
    AbortSignal.timeout(ms),
    async (client, options) =>
      await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }), options)
  )
}

async function failure(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => {
      throw new Error('no failure')
    },
    (error: unknown) => error
  )
}

/** Sets environment variables for one test. */
function environment(t: Test, variables: Record<string, string | undefined>): void {
  const before = { ...process.env }
  t.teardown(() => {
    process.env = before
  })
  process.env = {
    ...before,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_CONFIG_FILE: '/nonexistent',
    ...variables
  }
}

t.test(
  'one client per region, named in the user agent; nothing is written to the console',
  async t => {
    const sfn = await startStepFunctions(t)
    const clients = clientsOf(t, { endpoint: sfn.url })
    const console = t.capture(process.stderr, 'write')
    const seen = new Set<unknown>()
    for (const from of [region, region, 'eu-west-1']) {
      await clients.call(from, AbortSignal.timeout(1000), async client => {
        seen.add(client)
      })
      t.match(await failure(send(clients, 'made up', from)), { fault: 'token invalid' })
    }
    t.equal(seen.size, 2)
    t.strictSame(
      sfn.calls.map(call => call.region),
      [region, region, 'eu-west-1']
    )
    t.match(sfn.calls[0]?.userAgent, /app\/kinto-stepfunction/)
    t.strictSame(console(), [])
  }
)

t.test('a call is made once: the SDK does not repeat it', async t => {
  const sfn = await startStepFunctions(t)
  const clients = clientsOf(t, { endpoint: sfn.url })
  const { taskToken } = sfn.waitCallback()
  sfn.fault('SendTaskSuccess', 'reset after')
  t.match(await failure(send(clients, taskToken)), { fault: 'unknown' })
  t.equal(sfn.calls.length, 1)
})

t.test('the signal cuts a call that hangs, in its body too', async t => {
  const sfn = await startStepFunctions(t)
  const clients = clientsOf(t, { endpoint: sfn.url })
  const { taskToken } = sfn.waitCallback()
  for (const fault of ['hang before', 'half after'] as const) {
    sfn.fault('SendTaskSuccess', fault)
    t.match(await failure(send(clients, taskToken, region, 200)), { fault: 'unknown' })
  }
})

t.test('a poll ends by its own time only', async t => {
  const sfn = await startStepFunctions(t)
  sfn.createActivity()
  const clients = clientsOf(t, { endpoint: sfn.url, pollTimeoutMs: 200, timeoutMs: 1 })
  const poll = async (): Promise<unknown> =>
    await clients.poll<unknown>(
      region,
      async client => await client.send(new GetActivityTaskCommand({ activityArn }))
    )
  t.match(await failure(poll()), { fault: 'unknown' })
  sfn.fault('GetActivityTask', 'half after')
  sfn.scheduleActivity()
  sfn.scheduleActivity()
  t.match(await failure(poll()), { fault: 'unknown' }, 'a reply that stops half-way')
})

t.test('polls of many activities do not queue for sockets', async t => {
  const sfn = await startStepFunctions(t)
  const clients = clientsOf(t, { endpoint: sfn.url })
  sfn.createActivity()
  const polls = Array.from(
    { length: 120 },
    async () =>
      await clients.poll(
        region,
        async client => await client.send(new GetActivityTaskCommand({ activityArn }))
      )
  )
  await sfn.pollsReach(120)
  for (const _ of polls) sfn.scheduleActivity()
  t.equal(new Set((await Promise.all(polls)).map(({ taskToken }) => taskToken)).size, 120)
})

t.test(
  'credentials come from the environment when the settings name none, and all clients share them',
  async t => {
    const sfn = await startStepFunctions(t)
    const { taskToken } = sfn.waitCallback()
    environment(t, { AWS_ACCESS_KEY_ID: 'AKIDFIRST', AWS_SECRET_ACCESS_KEY: 'secret' })
    const clients = clientsOf(t, { endpoint: sfn.url, credentials: undefined })
    await send(clients, taskToken)
    environment(t, { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined })
    t.match(await failure(send(clients, taskToken, 'eu-west-1')), { fault: 'token invalid' })
  }
)

t.test('expired credentials are fetched anew', async t => {
  const sfn = await startStepFunctions(t)
  let times = 0
  const issuer = createServer((_request, response) => {
    response.end(issued(`AKID${++times}`))
  })
  await once(issuer.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    issuer.closeAllConnections()
    issuer.close()
  })
  environment(t, {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: undefined,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${(issuer.address() as AddressInfo).port}/`
  })
  const clients = clientsOf(t, { endpoint: sfn.url, credentials: undefined })
  const { taskToken } = sfn.waitCallback({ stayOpen: true })
  t.match(await failure(send(clients, 'made up')), { fault: 'token invalid' })
  t.match(await failure(send(clients, 'made up')), { fault: 'token invalid' })
  t.equal(times, 1)
  sfn.fault('SendTaskSuccess', 'ExpiredTokenException')
  t.match(await failure(send(clients, taskToken)), { fault: 'credentials' })
  await send(clients, taskToken)
  t.equal(times, 2)
})

function issued(AccessKeyId: string): string {
  return JSON.stringify({
    AccessKeyId,
    SecretAccessKey: 'secret',
    Token: 'session',
    Expiration: new Date(Date.now() + 3_600_000).toISOString()
  })
}

t.test('without credentials nothing is sent', async t => {
  const sfn = await startStepFunctions(t)
  environment(t, {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: undefined
  })
  const clients = clientsOf(t, { endpoint: sfn.url, credentials: undefined })
  t.match(await failure(send(clients, 'x')), {
    fault: 'credentials',
    code: 'CredentialsProviderError',
    retryHelps: true
  })
  t.equal(sfn.calls.length, 0)
})

t.test('credentials that do not come in time: nothing is sent', async t => {
  const sfn = await startStepFunctions(t)
  const waiting: ServerResponse[] = []
  const silent = createServer((_request, response) => {
    waiting.push(response)
  })
  await once(silent.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    for (const response of waiting) response.end(issued('AKIDLATE'))
    silent.close()
  })
  environment(t, {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_PROFILE: undefined,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`
  })
  const clients = clientsOf(t, { endpoint: sfn.url, credentials: undefined })
  t.match(await failure(send(clients, 'x', region, 100)), {
    fault: 'credentials',
    code: 'TimeoutError'
  })
  t.equal(sfn.calls.length, 0)
})

t.test('a server that takes no connections is given up soon enough to try again', async t => {
  const { endpoint } = await fullServer(t)
  t.match(await failure(send(clientsOf(t, { endpoint, timeoutMs: 600 }), 'x', region, 5000)), {
    fault: 'unsent',
    code: 'TimeoutError'
  })
})

/** A server that listens and never accepts, with its queue of connections filled up: further ones are never made. */
async function fullServer(t: Test): Promise<{ endpoint: string }> {
  const worker = new Worker(
    `
    const { parentPort } = require('node:worker_threads')
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      parentPort.postMessage(server.address().port)
      setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
    })`,
    { eval: true }
  )
  t.teardown(async () => await worker.terminate())
  const [port] = (await once(worker, 'message')) as [number]
  const sockets: Socket[] = []
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
  })
  for (let made = true; made;) {
    const socket = connect({ port, host: '127.0.0.1' }).on('error', () => {})
    sockets.push(socket)
    made = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<boolean>(resolve => {
        setTimeout(resolve, 600, false)
      })
    ])
  }
  return { endpoint: `http://127.0.0.1:${port}` }
}
