import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyReply } from 'fastify'
import { viaThisService } from '../../kinto/via.ts'
import { forwardedRequestHeaders } from './headers.ts'

/** What Fastify tells of a request. */
interface Received {
  /** By this id the request is found in both logs, the service's and Kinto's. */
  id: string
  raw: { rawHeaders: string[]; headers: IncomingHttpHeaders }
  ip: string
  protocol: string
}

/**
 * The client's headers for Kinto, as a flat list, with the request's id and the way it came. A
 * client's own `X-Request-Id` goes as it came.
 */
export function headersForKinto(
  { id, raw, ip, protocol }: Received,
  trustProxy: boolean
): string[] {
  const headers = forwardedRequestHeaders({
    rawHeaders: raw.rawHeaders,
    host: raw.headers.host,
    connection: raw.headers.connection,
    remoteAddress: ip,
    protocol,
    trustProxy
  })
  if (raw.headers['x-request-id'] === undefined) headers.push('X-Request-Id', id)
  headers.push(...viaThisService)
  return headers
}

/** The id of a request: the client's own, if it is one line of text that a log can hold. */
export function requestId({
  headers: { 'x-request-id': given }
}: {
  headers: IncomingHttpHeaders
}): string {
  return typeof given === 'string' && /^[\x21-\x7e]{1,200}$/.test(given) ? given : randomUUID()
}

/** Aborted when the client leaves before it has its response. */
export function whenClientLeaves(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
