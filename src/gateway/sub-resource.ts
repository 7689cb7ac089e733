import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import getRawBody from 'raw-body'
import { tooLarge } from '../kinto/errors.ts'
import { handleAnswer, type AnswerHandlerOptions } from './answer.ts'
import { classify } from './classify.ts'
import { forwardedRequestHeaders } from './headers.ts'
import { errorReply, send } from './reply.ts'

export interface SubResourceOptions extends AnswerHandlerOptions {
  /** The route of the requests for the sub-resource: `rewriteUrl` sends them there. */
  route: string
  trustProxy: boolean
}

// Room for the largest output that Step Functions takes, however it is escaped.
const maxBodyBytes = 1024 * 1024

/** Serves the sub-resource over HTTP: a request becomes a value, and a value becomes the answer. */
export async function subResource (scope: FastifyInstance, options: SubResourceOptions): Promise<void> {
  scope.all(options.route, async function answerSubResource (request, reply) {
    const { raw, method, originalUrl, ip, protocol } = request
    const target = classify(originalUrl)
    if (target.kind !== 'answer') throw new Error('A request was routed to the sub-resource that is not for it.')
    const { kind: _kind, ...ref } = target
    const clientGone = whenClientLeaves(reply)
    const headers = forwardedRequestHeaders({ rawHeaders: raw.rawHeaders, host: raw.headers.host, remoteAddress: ip, protocol, trustProxy: options.trustProxy })
    try {
      const body = method === 'POST' ? await readBody(request) : Buffer.alloc(0)
      return await send(reply, await handleAnswer({ method, ref, headers, body, clientGone }, options))
    } catch (error) {
      return await send(reply, errorReply(error, undefined, options.log))
    }
  })
}

async function readBody ({ raw }: FastifyRequest): Promise<Buffer> {
  try {
    return await getRawBody(raw, { limit: maxBodyBytes, length: raw.headers['content-length'] ?? null })
  } catch (error) {
    // What is left of it is read and thrown away, so that the client is not cut off before it has read why.
    raw.resume()
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
