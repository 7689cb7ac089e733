import type { FastifyReply } from 'fastify'
import { forwardedRequestHeaders } from './headers.ts'

/** What Fastify tells of a request. */
interface Received {
  raw: { rawHeaders: string[], headers: { host?: string | undefined } }
  ip: string
  protocol: string
}

/** The headers that Kinto gets with this request, as a flat list. */
export function headersForKinto ({ raw, ip, protocol }: Received, trustProxy: boolean): string[] {
  return forwardedRequestHeaders({ rawHeaders: raw.rawHeaders, host: raw.headers.host, remoteAddress: ip, protocol, trustProxy })
}

/** Aborted when the client leaves before it has its answer. */
export function whenClientLeaves (reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}

/** Milliseconds that are left of `ms`, which begin now. */
export function countdown (ms: number): () => number {
  const end = Date.now() + ms
  return () => Math.max(0, end - Date.now())
}
