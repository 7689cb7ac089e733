import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import type { Dispatcher } from 'undici'
import { createUpstream } from '../../src/kinto/upstream.ts'
import type { RawServed } from '../helpers/raw.ts'

/** The head of a response that keeps the connection. */
export const ok = 'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n'

/** A whole response to a method. `announced`: it says that the connection will be closed. */
export function response({ method, announced }: { method: string; announced: boolean }): string {
  const head = announced ? ok.replace('keep-alive', 'close') : ok.replace(/Connection.*\r\n/, '')
  return method === 'HEAD' ? head : `${head}ok`
}

/** The ways in which Kinto ends a connection. */
export const endings: Record<string, (connection: RawServed) => void> = {
  ends: connection => {
    connection.socket.end()
  },
  resets: connection => {
    connection.socket.resetAndDestroy()
  }
}

/**
 * A Kinto that responds to the first request on each connection, and ends the connection with the
 * second one. It notes the head of each request.
 */
export function endWithSecond(
  end: (connection: RawServed) => void,
  heads: string[]
): (connection: RawServed) => void {
  return connection =>
    connection.onRequest((head, number) => {
      heads.push(head)
      if (number === 1) connection.socket.write(head.startsWith('HEAD') ? ok : `${ok}ok`)
      else end(connection)
    })
}

/**
 * What the service sends its requests to Kinto with. Two milliseconds after the first response it
 * takes Kinto for a server that leaves connections open.
 */
export function dispatcherFor(t: Test, origin: string, timeoutMs = 5_000): Dispatcher {
  const keptOpenTimes = { proofMs: 2, useMs: 60_000, doubtMs: 60_000 }
  const upstream = createUpstream({ origin, timeoutMs, keptOpenTimes })
  t.teardown(() => upstream.close())
  return upstream.dispatcher
}

/**
 * Sends a request, and reads its response.
 * @returns the status
 */
export async function send(
  dispatcher: Dispatcher,
  origin: string,
  method: string,
  body: string | null = null
): Promise<number> {
  const response = await dispatcher.request({
    origin,
    path: '/v1/',
    method,
    body,
    headers: ['Host', 'kinto.example']
  })
  await response.body.dump()
  // The first connection rests by then, and timers end in order.
  await setTimeout(5)
  return response.statusCode
}
