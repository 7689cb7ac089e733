import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Callers } from '../../kinto/callers.ts'
import type { CollectionRef, RecordRef } from '../../kinto/paths.ts'
import { requireSize, type Bodies } from '../http/body.ts'
import type { SubResource } from '../classify.ts'
import { send } from '../http/reply.ts'
import { headersForKinto, whenClientLeaves } from '../http/request.ts'
import { deadline } from '../../wait.ts'
import { handleSubResource, type SubResourceOptions } from './handle.ts'

export interface SubResourceRouteOptions extends SubResourceOptions {
  /** Milliseconds that a whole request may take. */
  requestMs: number
  /** Room for the bodies of each kind, so that questions keep no answers out. */
  bodies: Record<SubResource['kind'], Bodies>
  callers: Callers
  trustProxy: boolean
}

// Room for the largest output that Step Functions takes, however it is escaped.
const maxBytes = 1024 * 1024

/**
 * The internal path of a request for a sub-resource. For Fastify's router, `rewriteUrl` puts it in
 * the place of the client's path.
 */
export function subResourcePath({ kind, ref }: SubResource): string {
  return `/${kind}/${Object.values(ref).map(encodeURIComponent).join('/')}`
}

/** Serves the sub-resources over HTTP: a request becomes a value, and a reply the response. */
export async function subResources(
  scope: FastifyInstance,
  options: SubResourceRouteOptions
): Promise<void> {
  scope.all<{ Params: RecordRef }>(
    '/answer/:version/:bucket/:collection/:record',
    async function answer(request, reply) {
      return await serve({ kind: 'answer', ref: request.params }, request, reply, options)
    }
  )
  scope.all<{ Params: CollectionRef }>(
    '/ask/:version/:bucket/:collection',
    async function ask(request, reply) {
      return await serve({ kind: 'ask', ref: request.params }, request, reply, options)
    }
  )
}

async function serve(
  target: SubResource,
  request: FastifyRequest,
  reply: FastifyReply,
  options: SubResourceRouteOptions
): Promise<FastifyReply> {
  const { raw, method } = request
  const timeLeft = deadline(options.requestMs)
  const clientGone = whenClientLeaves(reply)
  const headers = headersForKinto(request, options.trustProxy)
  if (method === 'POST') requireSize(raw.headers, maxBytes)
  const readBody = (): Promise<Buffer> => {
    const whose = options.callers.of(raw.headers.authorization)
    const limits = { maxBytes, timeoutMs: timeLeft(), ...whose }
    return options.bodies[target.kind].read(raw, reply.raw, limits)
  }
  return send(
    reply,
    await handleSubResource(
      { method, target, headers, readBody, clientGone, timeLeft, mayWait: true },
      { ...options, log: request.log }
    )
  )
}
