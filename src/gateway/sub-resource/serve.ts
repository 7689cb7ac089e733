import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Callers } from '../../kinto/callers.ts'
import { deadline } from '../../wait.ts'
import type { Inbox, SubResource } from '../classify.ts'
import { requireSize, type Bodies } from '../http/body.ts'
import type { Reply } from '../http/reply.ts'
import { headersForKinto, whenClientLeaves } from '../http/request.ts'
import type { EndpointRequest } from './endpoint.ts'
import { handleSubResource, type SubResourceOptions } from './handle.ts'
import { handleInbox, type InboxEndpointOptions } from './inbox.ts'

interface Serving {
  /** Milliseconds that a whole request may take. */
  requestMs: number
  trustProxy: boolean
}

export interface ServeSubResourceOptions extends Serving {
  callers: Callers
  /** Room for the bodies of each kind, so that questions keep no answers out. */
  bodies: Record<SubResource['kind'], Bodies>
  subResources: SubResourceOptions
}

// Room for the largest output that Step Functions takes, with each character above ASCII escaped.
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
  const { raw } = request
  const common = endpointRequest(request, reply, { requestMs, trustProxy })
  const { timeLeft } = common
  if (request.method === 'POST') requireSize(raw.headers, maxBytes)
  const readBody = (): Promise<Buffer> => {
    const whose = callers.of(raw.headers.authorization)
    const limits = { maxBytes, timeoutMs: timeLeft(), ...whose }
    return bodies[target.kind].read(raw, reply.raw, limits)
  }
  return await handleSubResource({ ...common, target, readBody, mayWait: true }, subResources)
}

export interface ServeInboxOptions extends Serving {
  endpoint: InboxEndpointOptions
}

/** Serves the inbox over HTTP. */
export async function serveInbox(
  target: Inbox,
  request: FastifyRequest,
  reply: FastifyReply,
  { endpoint, ...serving }: ServeInboxOptions
): Promise<Reply> {
  return await handleInbox({ ...endpointRequest(request, reply, serving), target }, endpoint)
}

function endpointRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  { requestMs, trustProxy }: Serving
): EndpointRequest {
  const { method, log } = request
  return {
    method,
    headers: headersForKinto(request, trustProxy),
    clientGone: whenClientLeaves(reply),
    timeLeft: deadline(requestMs),
    log
  }
}
