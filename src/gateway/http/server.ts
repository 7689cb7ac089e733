import { METHODS, type IncomingHttpHeaders } from 'node:http'
import type { FastifyHttpOptions, FastifyInstance, RawServerDefault } from 'fastify'
import { openHeaders } from '../../kinto/cors.ts'
import { errorBody, unknownCoding } from '../../kinto/errors.ts'
import { GatheredRequest } from './gathered-request.ts'
import { pieceTurns } from './piece-turns.ts'
import type { RequestPipeline } from './pipeline.ts'

// Kinto may be silent for 300 s at most. When nothing moves on a connection for longer, nobody is
// at its other end.
export const connectionIdleMs = 330_000

// A proxy that keeps its connections for longer than this service loses requests on those that are
// just being closed. The longest usual time is 600 s (Google's load balancers); Caddy's is 120 s,
// Traefik's 90 s, AWS's 60 s. Clients that ask how long are told less: between them and here,
// networks forget silent connections after some minutes (AWS: 350 s).
const toldKeepAliveMs = 72_000
const keepAliveMs = 620_000

/**
 * How many connections may wait until they are taken, in a burst. The system has its own limit
 * (Linux: `net.core.somaxconn`, 4,096 by default), and takes the smaller one. Node's would be 511.
 */
export const backlog = 65_535

/**
 * How the server listens: as far as HTTP goes, it takes what Kinto's own server takes. A body has
 * all the time it needs, in both directions. Kinto says when a side has been silent for too long,
 * as it does without the service in front.
 */
export function serverOptions(pipeline: RequestPipeline): FastifyHttpOptions<RawServerDefault> {
  return {
    http: {
      maxHeaderSize: 256 * 1024,
      headersTimeout: 60_000,
      IncomingMessage: GatheredRequest
    },
    requestTimeout: 0,
    connectionTimeout: connectionIdleMs,
    keepAliveTimeout: toldKeepAliveMs,
    // Kinto sets ids no limit.
    routerOptions: { maxParamLength: 256 * 1024 },
    exposeHeadRoutes: false,
    // `RequestPipeline` refuses these requests itself, in Kinto's shape.
    return503OnClosing: false,
    clientErrorHandler(error, socket) {
      if (pipeline.hasPending(socket)) pipeline.closeAfterwards(socket)
      else if (socket.writable) socket.end(clientErrorResponse(error.code), () => socket.destroy())
    }
  }
}

/** Every method that Node's parser knows but CONNECT, which asks for a tunnel. */
export const methods = METHODS.filter(method => method !== 'CONNECT')

/**
 * Lets `app` take every method and header, and keeps Fastify from reading or judging any body. To
 * be called before routes are added.
 */
export function acceptMethods(app: FastifyInstance): void {
  for (const method of methods)
    app.addHttpMethod(method, { hasBody: false, overrideExisting: true })
  // Node drops what comes after the 2,000th header, without a word. Their size is limited already.
  app.server.maxHeadersCount = 0
  pieceTurns.watch(app.server)
  app.server.keepAliveTimeoutBuffer = keepAliveMs - toldKeepAliveMs
  // Node would refuse any `Expect` that it does not know with 417. Kinto's server ignores it.
  app.server.on('checkExpectation', (request, response) =>
    app.server.emit('request', request, response)
  )
}

/** Whether the request has a body: https://www.rfc-editor.org/rfc/rfc9112.html#section-6.3 */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0
}

/** @throws Refusal 501 for a body in another coding than `chunked` */
export function requireKnownCoding({
  'transfer-encoding': coding = 'chunked'
}: IncomingHttpHeaders): void {
  if (coding.toLowerCase() !== 'chunked') throw unknownCoding(coding)
}

type Refused = readonly [status: number, error: string, message: string]

const malformed: Refused = [400, 'Bad Request', 'The request is not valid HTTP.']
const refused = new Map<string, Refused>([
  [
    'HPE_HEADER_OVERFLOW',
    [431, 'Request Header Fields Too Large', 'The headers of the request are too large.']
  ],
  [
    'ERR_HTTP_REQUEST_TIMEOUT',
    [408, 'Request Timeout', 'The headers of the request took too long.']
  ]
])

// What Node's parser refuses never becomes a request, so this response is written by hand.
function clientErrorResponse(code: string): string {
  const [status, error, message] = refused.get(code) ?? malformed
  const body = errorBody({ status, errno: 107, error, message })
  const fields = [
    'Content-Type',
    'application/json',
    'Content-Length',
    String(body.length),
    'Connection',
    'close',
    ...openHeaders
  ]
  const lines = fields.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${fields[index + 1]}`] : []
  )
  return [`HTTP/1.1 ${status} ${error}`, ...lines, '', body].join('\r\n')
}
