import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { RecordStore } from './record-store.ts'

interface ReceivedByKinto {
  method: string
  url: string
  /** A flat list. */
  rawHeaders: string[]
  body: Buffer
  /** Which connection it came on, from 1. */
  connection: number
}

/**
 * `hang`: no answer, ever. `reset`: the connection is cut and nothing done. `lose`: the request is carried out, then the
 * connection is cut. `garbage`: something else than HTTP. A number: an error with this status. A promise: held up until then.
 * A function answers by itself.
 */
export type Fault = 'hang' | 'reset' | 'lose' | 'garbage' | number | Promise<unknown> | KintoHandler

/** Which requests fail: the `nth` (from 1) that match from now on, or all. */
interface FaultyRequests {
  method?: string
  path?: string | RegExp
  nth?: number
}

export type KintoHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  received: ReceivedByKinto
) => void

export interface ScriptedKinto {
  url: string
  store: RecordStore
  /** All that came, whole requests, in order. */
  requests: ReceivedByKinto[]
  /** Headers of every answer of the store, a flat list. */
  headers: string[]
  /** Plans a fault. The function that it returns ends it. */
  fault: (requests: FaultyRequests, fault: Fault) => () => void
  /** Resolves with the next request that comes. */
  nextRequest: () => Promise<ReceivedByKinto>
  /** Resolves with the next request that matches. */
  requested: (requests: Omit<FaultyRequests, 'nth'>) => Promise<ReceivedByKinto>
  /** It dies: every connection is cut, and none is taken. */
  down: () => void
  /** It is back, at the same address. */
  up: () => Promise<void>
}

/** The `If-Match` of the write probe, and of nothing else. */
export const probe = '"99999999999999999999"'

/** A Kinto on a free port: of records (`store`), or of what `handler` says; and with the faults that a test asks for. */
export async function startKinto(t: Test, handler?: KintoHandler): Promise<ScriptedKinto> {
  const store = new RecordStore()
  const faults = new Set<{ requests: FaultyRequests; fault: Fault; seen: number }>()
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
  const nextRequest = (): Promise<ReceivedByKinto> =>
    new Promise(resolve => {
      waiting.push(resolve)
    })
  return {
    url: `http://127.0.0.1:${port}`,
    store,
    requests,
    headers,
    fault(which, fault) {
      const entry = { requests: which, fault, seen: 0 }
      faults.add(entry)
      return () => {
        faults.delete(entry)
      }
    },
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
    const fault = faultFor(received)
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
    const answer = store.answer(
      method,
      url,
      name => header(request, name),
      received.body.toString()
    )
    if (fault === 'lose') return void socket.resetAndDestroy()
    send(
      response,
      answer.status,
      [...answer.headers, ...headers, ...cors(request, answer.status)],
      answer.body
    )
  }

  function faultFor(received: ReceivedByKinto): Fault | undefined {
    const matching = [...faults].filter(({ requests }) => concerns(requests, received))
    for (const entry of matching) entry.seen += 1
    return matching.find(
      ({ requests, seen }) => requests.nth === undefined || requests.nth === seen
    )?.fault
  }
}

function concerns({ method, path }: FaultyRequests, received: ReceivedByKinto): boolean {
  return (
    (method ?? received.method) === received.method &&
    (typeof path === 'object' ? path.test(received.url) : (path ?? received.url) === received.url)
  )
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

// As Kinto does for its default `cors_origins`, `*`: facts of kinto/core/cornice/cors.py.
function cors(request: IncomingMessage, status: number): string[] {
  const { origin, 'access-control-request-headers': asked = '' } = request.headers
  if (origin === undefined)
    return [
      'Access-Control-Expose-Headers',
      'Backoff, Retry-After, Alert, Content-Length, Content-Type'
    ]
  if (request.method === 'OPTIONS' && status !== 200) return ['Access-Control-Allow-Origin', '*']
  if (request.method !== 'OPTIONS')
    return [
      'Access-Control-Allow-Origin',
      '*',
      'Access-Control-Expose-Headers',
      'Backoff, Retry-After, Alert, Content-Length, Content-Type'
    ]
  return [
    'Access-Control-Allow-Origin',
    '*',
    'Access-Control-Allow-Methods',
    'GET,HEAD,PUT,PATCH,DELETE,OPTIONS',
    'Access-Control-Allow-Headers',
    `Content-Type,${asked}`,
    'Access-Control-Max-Age',
    '3600'
  ]
}
