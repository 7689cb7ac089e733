import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { ConnectionPool } from '../../src/kinto/connection-pool.ts'
import type { KeptOpenTimes } from '../../src/kinto/kept-open.ts'
import { listenRaw } from '../helpers/raw.ts'
import { response } from './ended-connections.ts'

interface Stage {
  /**
   * Sends a request, and waits until undici has taken its connection back.
   * @returns the number of its connection, from 1
   */
  send: (method: string, options?: { path?: string; reset?: boolean }) => Promise<number>
  /** The server's side of the connections, by their numbers. */
  sockets: Map<number, Socket>
  pool: ConnectionPool
  /** How long a connection must rest, still open. */
  proofMs: number
}

const usual: KeptOpenTimes = { proofMs: 20, useMs: 60_000, doubtMs: 60_000 }

/** A server that leaves connections open, but says otherwise for the path `/close`. */
async function start(t: Test, times: Partial<KeptOpenTimes> = {}): Promise<Stage> {
  const sockets = new Map<number, Socket>()
  let latest = 0
  const { url } = await listenRaw(t, (connection, number) => {
    sockets.set(number, connection.socket)
    connection.onRequest(head => {
      latest = number
      const [method = '', path] = head.split(' ')
      connection.socket.write(response({ method, announced: path === '/close' }))
    })
  })
  const pool = new ConnectionPool({
    origin: url,
    client: { pipelining: 1 },
    keptOpenTimes: { ...usual, ...times }
  })
  t.teardown(() => pool.end())
  return {
    sockets,
    pool,
    proofMs: times.proofMs ?? usual.proofMs,
    async send(method, { path = '/', reset = false } = {}) {
      const { body } = await pool.request({ origin: url, path, method, reset })
      await body.dump()
      await pause(1)
      return latest
    }
  }
}

async function endOf({ sockets }: Stage, number: number): Promise<void> {
  const socket = sockets.get(number)
  if (socket === undefined) throw new Error('There is no such connection.')
  socket.end()
  await once(socket, 'close')
}

async function prove({ send, proofMs }: Stage): Promise<void> {
  await send('PUT')
  await pause(proofMs + 5)
}

t.test('a PUT gets a new connection until one was seen to stay open', async t => {
  const stage = await start(t, { proofMs: 1_000 })
  t.equal(await stage.send('PUT'), 1)
  t.equal(await stage.send('PUT'), 2)
  t.equal(await stage.send('PUT'), 3)
  t.equal(await stage.send('GET'), 3, 'a GET can be repeated, so it takes the latest one')
  await pause(1_050)
  t.equal(await stage.send('PUT'), 3)
  t.equal(await stage.send('PUT'), 3)
})

t.test('not one that was idle for too long', async t => {
  const stage = await start(t, { useMs: 500 })
  await prove(stage)
  t.equal(await stage.send('PUT'), 1)
  await pause(600)
  t.equal(await stage.send('GET'), 1)
  t.equal(await stage.send('PUT'), 1)
  await pause(600)
  t.equal(await stage.send('PUT'), 2)
})

t.test('one that ends soon after its response: new ones, for a while', async t => {
  const stage = await start(t, { doubtMs: 1_000 })
  await prove(stage)
  await Promise.all([stage.send('GET'), stage.send('GET')])
  await endOf(stage, 2)
  t.equal(await stage.send('PUT'), 3)
  await pause(usual.proofMs + 5)
  t.equal(await stage.send('PUT'), 4, 'nothing counts as a proof meanwhile')
  await pause(1_000)
  t.equal(await stage.send('PUT'), 5)
  await pause(usual.proofMs + 5)
  t.equal(await stage.send('GET'), 5)
  t.equal(await stage.send('PUT'), 5)
})

t.test('one that ends later: the proof is wanted anew, and counts at once', async t => {
  const stage = await start(t, { useMs: 300, proofMs: 1_000 })
  await prove(stage)
  await Promise.all([stage.send('GET'), stage.send('GET')])
  await pause(400)
  await endOf(stage, 2)
  t.equal(await stage.send('GET'), 1)
  t.equal(await stage.send('PUT'), 3)
  await pause(stage.proofMs + 5)
  t.equal(await stage.send('GET'), 3)
  t.equal(await stage.send('PUT'), 3)
})

t.test('one that ends while it is watched proves nothing', async t => {
  const stage = await start(t)
  t.equal(await stage.send('PUT'), 1)
  await endOf(stage, 1)
  t.equal(await stage.send('PUT'), 2)
  await pause(usual.proofMs + 5)
  t.equal(await stage.send('PUT'), 3)
})

t.test('when the last one has gone, another server may be there', async t => {
  const stage = await start(t, { proofMs: 1_000 })
  await prove(stage)
  t.equal(await stage.send('PUT', { path: '/close' }), 1)
  t.equal(await stage.send('PUT'), 2)
  t.equal(await stage.send('PUT'), 3)
})

t.test('a request with `reset` has a connection of its own', async t => {
  const stage = await start(t)
  await prove(stage)
  t.equal(await stage.send('GET', { reset: true }), 2)
  t.equal(await stage.send('PUT'), 1)
})

t.test(
  'one that is reset before anything was sent on it: the request goes over a new one',
  async t => {
    const stage = await start(t)
    await prove(stage)
    t.equal(await stage.send('PUT'), 1)
    // The service learns of it when the request waits for the connection already.
    stage.sockets.get(1)?.resetAndDestroy()
    t.equal(await stage.send('PUT'), 2)
  }
)

t.test('a new one takes the place of an idle one, beside the one that is watched', async t => {
  const stage = await start(t, { proofMs: 60_000 })
  for (const number of [1, 2, 3, 4, 5]) t.equal(await stage.send('PUT'), number)
  const open = [...stage.sockets].filter(([, socket]) => !socket.readableEnded)
  t.strictSame(
    open.map(([number]) => number),
    [1, 5]
  )
})

t.test('after the end nothing is sent', async t => {
  const stage = await start(t)
  await stage.pool.end()
  await t.rejects(stage.send('GET'), { code: 'UND_ERR_DESTROYED' })
  t.equal(stage.sockets.size, 0)
})
