import type { Asks } from '../../ask/asks.ts'
import { jsonObject } from '../../kinto/client.ts'
import { commonHeaders } from '../../kinto/cors.ts'
import { recordPath, recordsPath, type CollectionRef } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import { endToEndHeaders } from '../http/headers.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { Endpoint } from './endpoint.ts'
import type { SubResourceRequest } from './handle.ts'

export interface AskEndpointOptions {
  asks: Asks
  /** Told how each POST ended: an `AskOutcome`, `refused` (4xx) or `failed` (5xx). */
  observeAsk: (outcome: string) => void
}

/**
 * The sub-resource of a collection: POST asks a question there.
 * @throws UnsafeSegmentError
 */
export function askEndpoint(
  ref: CollectionRef,
  options: AskEndpointOptions
): Endpoint<SubResourceRequest> {
  return {
    path: recordsPath(ref),
    supported: 'POST',
    unsupported: 'PATCH',
    methods: new Map([['POST', (request, session) => ask(ref, request, session, options)]]),
    failed({ status }, log) {
      options.observeAsk(status < 500 ? 'refused' : 'failed')
      log.info({ ref, status }, 'a question was not asked')
    }
  }
}

async function ask(
  ref: CollectionRef,
  request: SubResourceRequest,
  session: KintoSession,
  { asks, observeAsk }: AskEndpointOptions
): Promise<Reply> {
  const asked = await asks.ask({ ...request, ref, session })
  const { outcome, response, mayRead } = asked
  observeAsk(outcome)
  request.log.info({ ref: asked.ref, outcome }, 'asked')
  const stepfunction = { answer: `${recordPath(asked.ref)}/stepfunction` }
  if (!mayRead) return jsonReply(200, commonHeaders(response.headers), { stepfunction })
  const { data, permissions } = jsonObject(response)
  return jsonReply(response.status, endToEndHeaders(response.headers), {
    data,
    permissions,
    stepfunction
  })
}
