import { setTimeout as pause } from 'node:timers/promises'
import t, { type Test } from 'tap'
import type { Dispatcher } from 'undici'
import { createUpstream } from '../../src/kinto/upstream.ts'
import { listenRaw, type RawServed } from '../helpers/raw.ts'
import { response } from './ended-connections.ts'

// Kinto behind servers that end each connection in their own way. No request may fail that a client
// with a connection of its own would get through, and none that changes something is sent twice.

const end = ({ socket }: RawServed): void => {
  socket.end()
}
const reset = ({ socket }: RawServed): void => {
  socket.resetAndDestroy()
}

interface Ending {
  /** Milliseconds from the response to the end of the connection. */
  afterMs: number
  end: (connection: RawServed) => void
  /** The server says that it will close. */
  announced: boolean
  rounds: number
}

const endings: Ending[] = [end, reset].flatMap(end =>
  [
    [0, 60],
    [1, 60],
    [10, 30],
    [100, 6],
    [999, 2]
  ].flatMap(([afterMs = 0, rounds = 0]) => {
    // A reset would take the response with it.
    if (end === reset && afterMs === 0) return []
    return [false, true].map(announced => ({ afterMs, end, announced, rounds }))
  })
)

const methods = [
  ['GET', null],
  ['HEAD', null],
  ['OPTIONS', null],
  ['TRACE', null],
  ['DELETE', null],
  ['DELETE', 'body'],
  ['POST', null],
  ['POST', 'body'],
  ['PUT', 'body'],
  ['PATCH', 'body']
] as const

for (const ending of endings) {
  const { afterMs, announced, rounds } = ending
  const how = `${announced ? 'says so, and ' : ''}${ending.end.name}s after ${afterMs} ms`
  t.test(`a server that ${how}`, async t => {
    const { url, seen } = await serve(t, ending)
    const upstream = createUpstream({ origin: url, timeoutMs: 20_000 })
    t.teardown(() => upstream.close())
    const failed: string[] = []
    // Each lane sends its next request at about the time when its connection ends.
    await Promise.all(
      methods.map(async ([method, body], lane) => {
        for (let round = 0; round < rounds; round += 1) {
          const path = `/${method}/${lane}/${round}`
          await send(upstream.dispatcher, { origin: url, path, method, body }).catch(
            (error: unknown) => failed.push(`${path} ${String(error)}`)
          )
          if (afterMs > 0) await pause(Math.max(0, afterMs - 1 + (round % 3)))
        }
      })
    )
    t.strictSame(failed, [])
    const twice = [...seen].filter(([path, count]) => count > 1 && !/^.(GET|HEAD|OPT)/.test(path))
    t.strictSame(twice, [])
  })
}

t.test('a server that breaks off half way: the request fails, and is not sent again', async t => {
  for (const [method, body] of methods) {
    const seen: string[] = []
    const { url } = await listenRaw(t, connection => {
      onWholeRequest(connection, path => {
        seen.push(path)
        const whole = response({ method, announced: false })
        connection.socket.end(path === '/half' ? whole.slice(0, 20) : whole)
      })
    })
    const upstream = createUpstream({ origin: url, timeoutMs: 5_000 })
    t.teardown(() => upstream.close())
    const sent = (path: string): Promise<void> =>
      send(upstream.dispatcher, { origin: url, path, method, body })
    await sent('/1')
    await t.rejects(sent('/half'))
    await sent('/2')
    t.strictSame(seen, ['/1', '/half', '/2'], method)
  }
})

async function serve(
  t: Test,
  { afterMs, end, announced }: Ending
): Promise<{ url: string; seen: Map<string, number> }> {
  const seen = new Map<string, number>()
  const { url } = await listenRaw(t, connection => {
    let timer: NodeJS.Timeout | undefined
    onWholeRequest(connection, (path, method) => {
      seen.set(path, (seen.get(path) ?? 0) + 1)
      clearTimeout(timer)
      connection.socket.write(response({ method, announced }))
      if (afterMs === 0) end(connection)
      else
        timer = setTimeout(() => {
          end(connection)
        }, afterMs)
    })
  })
  return { url, seen }
}

/** Bodies here are `body`. */
function onWholeRequest(
  { socket }: RawServed,
  serve: (path: string, method: string) => void
): void {
  let text = ''
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
    for (;;) {
      const [whole, method = '', path = ''] =
        /^(\S+) (\S+) (?:.*\r\n)+?\r\n(?:body)?/.exec(text) ?? []
      if (whole === undefined) return
      if (/content-length: 4/i.test(whole) && !whole.endsWith('body')) return
      text = text.slice(whole.length)
      serve(path, method)
    }
  })
}

async function send(
  dispatcher: Dispatcher,
  request: Dispatcher.DispatchOptions & { origin: string; body: string | null }
): Promise<void> {
  const { body, statusCode } = await dispatcher.request(request)
  await body.dump()
  if (statusCode !== 200) throw new Error(String(statusCode))
}
