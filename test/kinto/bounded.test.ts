import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { Dispatcher } from 'undici'
import { createUpstream } from '../../src/kinto/upstream.ts'

interface Line {
  /** Sends a request, as somebody. */
  get: (path: string, caller: string, signal?: AbortSignal) => Promise<Dispatcher.ResponseData>
  /** Resolves with the paths that have arrived, once there are so many. */
  arrived: (count: number) => Promise<string[]>
  /** Ends the response to a path. */
  end: (path: string) => void
}

/** Two connections to a Kinto that answers when the test says so. */
async function start(t: Test, timeoutMs = 30_000): Promise<Line> {
  const responses = new Map<string, ServerResponse>()
  let changed = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    // It is never silent for long.
    const writing = setInterval(() => response.write('.'), 100)
    response.once('close', () => {
      clearInterval(writing)
    })
    responses.set(String(request.url), response)
    changed.resolve()
    changed = Promise.withResolvers()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { dispatcher, close } = createUpstream({ origin, timeoutMs, connections: 2 })
  t.teardown(async () => {
    await close()
    server.close()
    server.closeAllConnections()
  })
  return {
    get: async (path, caller, signal) =>
      await dispatcher.request({
        origin,
        path,
        method: 'GET',
        headers: ['Authorization', caller],
        ...(signal && { signal })
      }),
    async arrived(count) {
      while (responses.size < count) await changed.promise
      return [...responses.keys()]
    },
    end(path) {
      responses.get(path)?.end('done')
    }
  }
}

t.test('callers take turns, however many requests one of them sends', async t => {
  const { get, arrived, end } = await start(t)
  const all = ['/a1', '/a2', '/a3', '/a4', '/a5'].map(path => get(path, 'alice'))
  await arrived(1)
  all.push(get('/b1', 'bob'), get('/c1', 'carol'), get('/b2', 'bob'))
  const order = ['/a1', '/a2', '/a3', '/b1', '/c1', '/a4', '/b2', '/a5']
  for (const [index, path] of order.entries()) {
    t.strictSame(await arrived(index + 1), order.slice(0, index + 1))
    end(path)
  }
  for (const response of await Promise.all(all)) t.match(await response.body.text(), /done$/)
})

t.test('a request that waits too long for its turn is not sent', async t => {
  const { get, arrived, end } = await start(t, 1_000)
  const first = get('/1', '')
  await arrived(1)
  const second = get('/2', '')
  await t.rejects(get('/3', ''), { code: 'KINTO_NO_CONNECTION_LEFT' })
  end('/1')
  await (await first).body.dump()
  t.strictSame(await arrived(2), ['/1', '/2'])
  end('/2')
  t.match(await (await second).body.text(), /done$/)
})

t.test('one whose sender gives up leaves the line', async t => {
  const { get, arrived, end } = await start(t)
  const first = get('/1', '')
  await arrived(1)
  const second = get('/2', '')
  const controller = new AbortController()
  const third = get('/3', '', controller.signal)
  const fourth = get('/4', '')
  controller.abort(new Error('gave up'))
  await t.rejects(third)
  for (const [path, response] of [
    ['/1', first],
    ['/2', second],
    ['/4', fourth]
  ] as const) {
    await arrived({ '/1': 1, '/2': 2, '/4': 3 }[path])
    end(path)
    t.match(await (await response).body.text(), /done$/)
  }
  t.strictSame(await arrived(3), ['/1', '/2', '/4'])
})
