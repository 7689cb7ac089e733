import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply } from 'fastify'
import getRawBody from 'raw-body'
import { tooLarge } from '../kinto/errors.ts'
import type { RecordRef } from '../kinto/paths.ts'
import { handleAnswer, type AnswerHandlerOptions } from './answer.ts'
import { forwardedRequestHeaders } from './headers.ts'
import { send } from './reply.ts'

export interface SubResourceOptions extends AnswerHandlerOptions {
  /** Milliseconds that a whole request may take. */
  requestMs: number
  trustProxy: boolean
}

// Room for the largest output that Step Functions takes, however it is escaped.
const maxBodyBytes = 1024 * 1024

/** The internal path of a request for the sub-resource, for Fastify's router: `rewriteUrl` puts it in the place of the client's. */
export function answerPath ({ version, bucket, collection, record }: RecordRef): string {
  return `/answer/${[version, bucket, collection, record].map(encodeURIComponent).join('/')}`
}

/** Serves the sub-resource over HTTP: a request becomes a value, and a value becomes the answer. */
export async function subResource (scope: FastifyInstance, options: SubResourceOptions): Promise<void> {
  scope.all<{ Params: RecordRef }>('/answer/:version/:bucket/:collection/:record', async function answerSubResource (request, reply) {
    const { raw, method, params: ref, ip, protocol } = request
    const end = Date.now() + options.requestMs
    const timeLeft = (): number => Math.max(0, end - Date.now())
    const clientGone = whenClientLeaves(reply)
    const headers = forwardedRequestHeaders({ rawHeaders: raw.rawHeaders, host: raw.headers.host, remoteAddress: ip, protocol, trustProxy: options.trustProxy })
    const body = method === 'POST' ? await readBody(raw, options.requestMs) : Buffer.alloc(0)
    return send(reply, await handleAnswer({ method, ref, headers, body, clientGone, timeLeft }, options))
  })
}

async function readBody (request: IncomingMessage, timeoutMs: number): Promise<Buffer> {
  // A client that stops sending is as good as gone.
  const timer = setTimeout(() => request.destroy(), timeoutMs)
  try {
    return await getRawBody(request, { limit: maxBodyBytes, length: request.headers['content-length'] ?? null }).finally(() => { clearTimeout(timer) })
  } catch (error) {
    // What is left of it is read and thrown away, so that the client is not cut off before it has read why.
    request.resume()
    throw isTooLarge(error) ? tooLarge(maxBodyBytes) : error
  }
}

function isTooLarge (error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'entity.too.large'
}

function whenClientLeaves (reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) controller.abort()
  })
  return controller.signal
}
