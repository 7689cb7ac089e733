import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { corsHeaders } from './kinto-cors.ts'
import { concerns, KintoFaults } from './kinto-faults.ts'
import type { Fault, FaultyRequests, KintoHandler, ReceivedByKinto } from './kinto-faults.ts'
import type { StoreAnswer } from './record-answers.ts'
import { RecordStore } from './record-store.ts'

export type { Fault, KintoHandler }

export interface ScriptedKinto {
  url: string
  store: RecordStore
  /** All whole requests that came, in order. */
  requests: ReceivedByKinto[]
  /** Headers of every response of the store, a flat list. */
  headers: string[]
  /**
   * Plans a fault.
   * @returns a function that ends it
   */
  fault: (requests: FaultyRequests, fault: Fault) => () => void
  /**
   * Carries a request out, as without a fault.
   * @returns the store's response, which is not sent
   */
  carryOut: (request: IncomingMessage, received: ReceivedByKinto) => StoreAnswer
  /** Responds to a request as without a fault. For faults that do something besides. */
  respond: KintoHandler
  /** Resolves with the next request that comes. */
  nextRequest: () => Promise<ReceivedByKinto>
  /** Resolves with the next request that matches. */
  requested: (requests: Omit<FaultyRequests, 'nth'>) => Promise<ReceivedByKinto>
  /** Lets Kinto die: every connection is cut, and none is taken. */
  down: () => void
  /** Brings Kinto back, at the same address. */
  up: () => Promise<void>
}

/** The `If-Match` of the write probe alone. */
export const probe = '"99999999999999999999"'

/**
 * A Kinto on a free port, with the faults that a test plans. It has the records of its `store`, or
 * sends what `handler` says.
 */
export async function startKinto(t: Test, handler?: KintoHandler): Promise<ScriptedKinto> {
  const store = new RecordStore()
  const faults = new KintoFaults()
  const requests: ReceivedByKinto[] = []
  const waiting: Array<(received: ReceivedByKinto) => void> = []
  const headers: string[] = []
  const connections = new Map<unknown, number>()
  const server = createServer(
    { keepAliveTimeout: 0, maxHeaderSize: 300 * 1024 },
    (request, response) => {
      void serve(request, response).catch(() => response.destroy())
    }
  )
  server.maxHeadersCount = 0
  server.on('connection', socket => connections.set(socket, connections.size + 1))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const carryOut: ScriptedKinto['carryOut'] = (request, { method, url, body }) =>
    store.answer(method, url, name => header(request, name), body.toString())
  const respond: KintoHandler = (request, response, received) => {
    const { status, headers: its, body } = carryOut(request, received)
    send(response, status, [...its, ...headers, ...corsHeaders(request, status)], body)
  }
  const nextRequest = (): Promise<ReceivedByKinto> =>
    new Promise(resolve => {
      waiting.push(resolve)
    })
  return {
    url: `http://127.0.0.1:${port}`,
    store,
    requests,
    headers,
    fault: (which, fault) => faults.plan(which, fault),
    carryOut,
    respond,
    nextRequest,
    async requested(which) {
      for (;;) {
        const received = await nextRequest()
        if (concerns(which, received)) return received
      }
    },
    down() {
      server.close()
      server.closeAllConnections()
    },
    async up() {
      server.listen(port, '127.0.0.1')
      await once(server, 'listening')
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', rawHeaders, socket } = request
    const received = {
      method,
      url,
      rawHeaders,
      body: await buffer(request),
      connection: connections.get(socket) ?? 0
    }
    requests.push(received)
    for (const resolve of waiting.splice(0)) resolve(received)
    const fault = faults.take(received)
    if (fault instanceof Promise) await fault
    if (typeof fault === 'function') return fault(request, response, received)
    if (fault === 'hang') return
    if (fault === 'garbage') return void socket.end('This is not HTTP.\r\n\r\n')
    if (fault === 'reset') return void socket.resetAndDestroy()
    if (typeof fault === 'number')
      return send(
        response,
        fault,
        ['Retry-After', '3'],
        JSON.stringify({ code: fault, errno: 201, error: 'Scripted', message: 'A scripted fault.' })
      )
    if (handler !== undefined) return handler(request, response, received)
    if (fault !== 'lose') return respond(request, response, received)
    carryOut(request, received)
    socket.resetAndDestroy()
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value.join(', ') : value
}

function send(response: ServerResponse, status: number, headers: string[], body: string): void {
  response
    .writeHead(status, [
      ...headers,
      'Content-Type',
      'application/json',
      'Content-Length',
      String(Buffer.byteLength(body))
    ])
    .end(body)
}
