import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Callers } from '../../kinto/callers.ts'
import { deadline } from '../../wait.ts'
import type { SubResource } from '../classify.ts'
import { requireSize, type Bodies } from '../http/body.ts'
import type { Reply } from '../http/reply.ts'
import { headersForKinto, whenClientLeaves } from '../http/request.ts'
import { handleSubResource, type SubResourceOptions } from './handle.ts'

export interface ServeSubResourceOptions {
  /** Milliseconds that a whole request may take. */
  requestMs: number
  trustProxy: boolean
  callers: Callers
  /** Room for the bodies of each kind, so that questions keep no answers out. */
  bodies: Record<SubResource['kind'], Bodies>
  subResources: SubResourceOptions
}

// Room for the largest output that Step Functions takes, however it is escaped.
const maxBytes = 1024 * 1024

/**
 * Serves a sub-resource over HTTP: the request becomes a value.
 * @throws Refusal 413
 */
export async function serveSubResource(
  target: SubResource,
  request: FastifyRequest,
  reply: FastifyReply,
  { requestMs, trustProxy, callers, bodies, subResources }: ServeSubResourceOptions
): Promise<Reply> {
  const { raw, method, log } = request
  const timeLeft = deadline(requestMs)
  const clientGone = whenClientLeaves(reply)
  const headers = headersForKinto(request, trustProxy)
  if (method === 'POST') requireSize(raw.headers, maxBytes)
  const readBody = (): Promise<Buffer> => {
    const whose = callers.of(raw.headers.authorization)
    const limits = { maxBytes, timeoutMs: timeLeft(), ...whose }
    return bodies[target.kind].read(raw, reply.raw, limits)
  }
  return await handleSubResource(
    { method, target, headers, readBody, clientGone, timeLeft, mayWait: true, log },
    subResources
  )
}
