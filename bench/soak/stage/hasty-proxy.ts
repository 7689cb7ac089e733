import { once } from 'node:events'
import { createServer, request as send } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { pipeline } from 'node:stream'
import type { Random } from '../random.ts'

const longestIdleMs = 3_000
const ofOneConnection = new Set(['connection', 'keep-alive'])

export interface HastyProxy {
  url: string
  stop: () => Promise<void>
}

/**
 * Passes requests on to Kinto, and closes the connections on which they come unannounced: right
 * after a response, as uWSGI's server does, or when it was idle for a while, as what stands between
 * servers may. A request that comes just then is lost. `closed` is told each time.
 */
export async function startHastyProxy(
  kinto: { url: string },
  random: Random,
  closed: (when: string) => void
): Promise<HastyProxy> {
  const requests = new WeakMap<Socket, number>()
  const server = createServer((request, response) => {
    const { socket } = request
    const number = (requests.get(socket) ?? 0) + 1
    requests.set(socket, number)
    function close(when: string): void {
      if (requests.get(socket) !== number || socket.destroyed) return
      closed(when)
      socket.destroySoon()
    }
    pass(kinto.url, request, response, () => {
      const choice = random.between(0, 1)
      if (choice < 0.4) close('right after a response')
      else if (choice < 0.8)
        setTimeout(close, random.between(0, longestIdleMs), 'while it was idle').unref()
    })
  })
  // Otherwise it would announce a time in each response
  server.keepAliveTimeout = 0
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const stopped = once(server.close(), 'close')
      server.closeAllConnections()
      await stopped
    }
  }
}

function pass(
  kinto: string,
  request: IncomingMessage,
  response: ServerResponse,
  whenDone: () => void
): void {
  const { method, url, rawHeaders, socket } = request
  const { hostname, port } = new URL(kinto)
  const fail = (): void => {
    socket.destroy()
  }
  const onward = send({
    hostname,
    port,
    method,
    path: url,
    headers: endToEnd(rawHeaders),
    agent: false
  })
  onward.on('error', fail).on('response', answer => {
    response.sendDate = false
    response.writeHead(
      answer.statusCode ?? 500,
      answer.statusMessage ?? '',
      endToEnd(answer.rawHeaders)
    )
    pipeline(answer, response, error => {
      if (error) fail()
      else whenDone()
    })
  })
  response.on('close', () => {
    onward.destroy()
  })
  request.pipe(onward)
}

function endToEnd(rawHeaders: readonly string[]): string[] {
  return rawHeaders.filter(
    (_text, index) => !ofOneConnection.has(rawHeaders[index - (index % 2)]?.toLowerCase() ?? '')
  )
}
