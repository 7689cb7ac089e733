import type { FastifyInstance } from 'fastify'
import type { RecordRef } from '../kinto/paths.ts'
import { handleAnswer, type AnswerHandlerOptions } from './answer.ts'
import type { Bodies } from './body.ts'
import { send } from './reply.ts'
import { countdown, headersForKinto, whenClientLeaves } from './request.ts'

export interface SubResourceOptions extends AnswerHandlerOptions {
  /** Milliseconds that a whole request may take. */
  requestMs: number
  /** Room for the bodies of answers. */
  bodies: Bodies
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
    const { raw, method, params: ref } = request
    const timeLeft = countdown(options.requestMs)
    const clientGone = whenClientLeaves(reply)
    const headers = headersForKinto(request, options.trustProxy)
    const body = method === 'POST' ? await options.bodies.read(raw, reply.raw, { maxBytes: maxBodyBytes, timeoutMs: options.requestMs }) : Buffer.alloc(0)
    return send(reply, await handleAnswer({ method, ref, headers, body, clientGone, timeLeft, mayWait: true }, { ...options, log: request.log }))
  })
}
