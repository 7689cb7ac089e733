import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { Dispatcher } from 'undici'
import { createUpstream } from '../../src/kinto/upstream.ts'

interface Line {
  origin: string
  dispatcher: Dispatcher
  close: () => Promise<void>
  /** Sends a request, as somebody. */
  get: (path: string, caller: string, signal?: AbortSignal) => Promise<Dispatcher.ResponseData>
  /** Resolves with the paths that have arrived, once there are so many. */
  arrived: (count: number) => Promise<string[]>
  /** Ends the response to a path. */
  end: (path: string) => void
}

/** One connection, and one for HEAD, to a Kinto that answers when the test says so. */
async function start(t: Test, timeoutMs = 30_000, connections = 2): Promise<Line> {
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
  const { dispatcher, close: closeAll } = createUpstream({ origin, timeoutMs, connections })
  let closed: Promise<void> | undefined
  const close = async (): Promise<void> => await (closed ??= closeAll())
  t.teardown(async () => {
    await close()
    server.close()
    server.closeAllConnections()
  })
  return {
    origin,
    dispatcher,
    close,
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
  const order = ['/a1', '/a2', '/b1', '/c1', '/a3', '/b2', '/a4', '/a5']
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
  await t.rejects(get('/2', ''), { code: 'KINTO_NO_CONNECTION_LEFT' })
  end('/1')
  t.match(await (await first).body.text(), /done$/)
  t.strictSame(await arrived(1), ['/1'])
})

t.test('one whose sender gives up leaves the line', async t => {
  const { get, arrived, end } = await start(t)
  const first = get('/1', '')
  await arrived(1)
  const controller = new AbortController()
  const second = get('/2', '', controller.signal)
  const third = get('/3', '')
  controller.abort(new Error('gave up'))
  await t.rejects(second)
  end('/1')
  t.match(await (await first).body.text(), /done$/)
  t.strictSame(await arrived(2), ['/1', '/3'])
  end('/3')
  t.match(await (await third).body.text(), /done$/)
})

t.test('one that was given up before it joins the line does not wait', async t => {
  const { origin, dispatcher, get, arrived, end } = await start(t)
  const first = get('/1', '')
  await arrived(1)
  const { promise: failed, resolve } = Promise.withResolvers<Error>()
  const given = { origin, path: '/2', method: 'GET' as const, signal: AbortSignal.abort() }
  dispatcher.dispatch(given, {
    onResponseError(controller, error) {
      // There is nothing to control.
      controller.pause()
      controller.resume()
      controller.abort(error)
      resolve(error)
    }
  })
  t.match(await failed, { code: 'UND_ERR_ABORTED' })
  end('/1')
  t.match(await (await first).body.text(), /done$/)
})

t.test('one caller has three quarters of the places at most', async t => {
  const { get, arrived, end } = await start(t, 30_000, 10)
  const all = Array.from({ length: 9 }, (_none, index) => get(`/a${index}`, 'alice'))
  await arrived(7)
  all.push(get('/b', 'bob'))
  t.match((await arrived(8)).at(-1), '/b')
  for (const path of ['/b', '/a0', '/a1', '/a2', '/a3', '/a4', '/a5', '/a6']) end(path)
  await arrived(10)
  for (const path of ['/a7', '/a8']) end(path)
  for (const response of await Promise.all(all)) t.match(await response.body.text(), /done$/)
})

t.test('as many may wait as like, and all are told when it ends', async t => {
  const { get, arrived, close } = await start(t)
  const first = get('/1', '').catch(() => undefined)
  await arrived(1)
  const waiting = Array.from({ length: 5_000 }, () => get('/2', '').catch(() => 'failed'))
  await close()
  await (await first)?.body.text().catch(() => undefined)
  t.ok((await Promise.all(waiting)).every(outcome => outcome === 'failed'))
})
