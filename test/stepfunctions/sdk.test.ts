import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import { GetActivityTaskCommand } from '@aws-sdk/client-sfn'
import t, { type Test } from 'tap'
import { activityArn, region, startStepFunctions } from '../helpers/step-functions.ts'
import { clientsOf, failure, send } from './sdk-clients.ts'

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

t.test('a server that takes no connections is given up soon enough to try again', async t => {
  const { endpoint } = await fullServer(t)
  t.match(await failure(send(clientsOf(t, { endpoint, timeoutMs: 600 }), 'x', region, 5000)), {
    fault: 'unsent',
    code: 'TimeoutError'
  })
})

/**
 * A server that listens and never accepts. Its queue of connections is filled up: no further one
 * is made.
 */
async function fullServer(t: Test): Promise<{ endpoint: string }> {
  const worker = new Worker(
    `
    const { parentPort } = require('node:worker_threads')
    const server = require('node:net').createServer()
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
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
