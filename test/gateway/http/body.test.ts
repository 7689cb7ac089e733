import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { Bodies, type BodyLimits } from '../../../src/gateway/http/body.ts'
import { openRaw } from '../../helpers/raw.ts'
import { Turns } from '../../../src/wait.ts'
import { Refusal } from '../../../src/kinto/errors.ts'

interface StartOptions extends Partial<BodyLimits> {
  idleMs?: number
  turns?: Turns
  /** Reads nothing before the client has left. */
  isLate?: boolean
  /** Bytes. */
  room?: number
}

/** A server that reads bodies of up to 100 bytes each, 150 in all. The test ends its responses. */
async function start(
  t: Test,
  { idleMs = 30_000, turns = new Turns(), room = 150, isLate = false, ...limits }: StartOptions = {}
): Promise<{
  url: string
  held: ServerResponse[]
  read: (count: number) => Promise<void>
  /** The error with which a body was read no further, when it was not refused. */
  failed: Promise<unknown>
  /** Resolves when a response is over. */
  closed: Promise<void>
  /** Resolves when a request is there. */
  asked: Promise<void>
}> {
  const bodies = new Bodies({ size: room, share: room }, { idleMs, turns })
  const { promise: failed, resolve: fail } = Promise.withResolvers<unknown>()
  const { promise: asked, resolve: ask } = Promise.withResolvers<void>()
  const { promise: closed, resolve: close } = Promise.withResolvers<void>()
  const held: ServerResponse[] = []
  let changed = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    void take(request, response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.once('close', close)
    ask()
    if (isLate) await once(response, 'close')
    try {
      const body = await bodies.read(request, response, {
        maxBytes: 100,
        timeoutMs: 60_000,
        caller: request.headers.authorization ?? '',
        isConfirmed: true,
        ...limits
      })
      held.push(response.setHeader('x-length', body.length))
      changed.resolve()
      changed = Promise.withResolvers()
    } catch (error) {
      if (!(error instanceof Refusal)) fail(error)
      response.writeHead(error instanceof Refusal ? error.problem.status : 499).end()
    }
  }
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held,
    failed,
    closed,
    asked,
    async read(count) {
      while (held.length < count) await changed.promise
    }
  }
}

function post(url: string, length: number, chunked = false): Promise<Response> {
  const body = 'x'.repeat(length)
  return chunked
    ? fetch(url, { method: 'POST', body: new Blob([body]).stream(), duplex: 'half' })
    : fetch(url, { method: 'POST', body })
}

t.test('all bodies together are bounded, until their requests are over', async t => {
  const { url, held, read } = await start(t)
  const first = post(url, 100)
  await read(1)
  t.equal((await post(url, 51)).status, 503)
  t.equal((await post(url, 51, true)).status, 503, 'one of unknown length too')
  const second = post(url, 50)
  await read(2)
  for (const response of held) response.end()
  t.same(
    [(await first).headers.get('x-length'), (await second).headers.get('x-length')],
    ['100', '50']
  )
  const third = post(url, 100, true)
  await read(3)
  held[2]?.end()
  t.equal((await third).status, 200)
})

t.test('a single body is bounded', async t => {
  const { url } = await start(t)
  t.equal((await post(url, 101)).status, 413)
  t.equal((await post(url, 101, true)).status, 413)
})

t.test('what is announced and does not come keeps nobody out', async t => {
  const { url, read, held } = await start(t)
  const silent = Array.from({ length: 2 }, () =>
    fetch(url, {
      method: 'POST',
      body: endless(),
      duplex: 'half',
      headers: { 'content-length': '100' }
    }).catch(() => undefined)
  )
  const sent = post(url, 100)
  await read(1)
  held[0]?.end()
  t.equal((await sent).status, 200)
  t.equal(silent.length, 2)
})

t.test('a client that leaves before the turn of its body gives its room back', async t => {
  const asked = Promise.withResolvers<void>()
  const turn = Promise.withResolvers<void>()
  class Waiting extends Turns {
    override async next(): Promise<void> {
      asked.resolve()
      await turn.promise
    }
  }
  const size = 20_000
  const { url, failed, closed, held, read } = await start(t, {
    turns: new Waiting(),
    room: size,
    maxBytes: size
  })
  const leaving = new AbortController()
  const left = fetch(url, { method: 'POST', body: 'x'.repeat(size), signal: leaving.signal })
  await asked.promise
  leaving.abort()
  await t.rejects(left)
  await closed
  const next = post(url, 1)
  await read(1)
  held[0]?.end()
  t.equal((await next).status, 200)
  turn.resolve()
  t.match(await failed, { code: 'UND_ERR_ABORTED' })
})

t.test('of a client that left before its body was asked for nothing is read', async t => {
  const { url, failed, asked } = await start(t, { isLate: true })
  const client = await openRaw(t, url)
  client.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n')
  await asked
  client.socket.destroy()
  t.match(await failed, { code: 'UND_ERR_ABORTED' })
})

for (const limits of [{ timeoutMs: 50 }, { idleMs: 50 }]) {
  t.test(`a client that stops sending is cut off: ${Object.keys(limits).join()}`, async t => {
    const { url } = await start(t, limits)
    await t.rejects(fetch(url, { method: 'POST', body: endless(), duplex: 'half' }))
  })
}

/** A body that begins and does not go on. */
function endless(): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(Buffer.from('x'))
    }
  })
}
