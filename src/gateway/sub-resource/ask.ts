import type { Asks } from '../../ask/asks.ts'
import { jsonObject } from '../../kinto/client.ts'
import { headerValues } from '../../kinto/headers.ts'
import { recordPath, recordsPath, type CollectionRef } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import { endToEndHeaders } from '../http/headers.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { SubResourceRequest, Endpoint } from './handle.ts'

export interface AskEndpointOptions {
  asks: Asks
  /** Told how each POST ended: an `AskOutcome`, `refused` (4xx) or `failed` (5xx). */
  observeAsk: (outcome: string) => void
}

/**
 * The sub-resource of a collection: POST asks a question there.
 * @throws UnsafeSegmentError
 */
export function askEndpoint(ref: CollectionRef, options: AskEndpointOptions): Endpoint {
  return {
    path: recordsPath(ref),
    known: 'POST',
    foreign: 'PATCH',
    methods: new Map([['POST', (request, session) => ask(ref, request, session, options)]]),
    failed({ status }, log) {
      options.observeAsk(status < 500 ? 'refused' : 'failed')
      log.info({ ref, status }, 'a question was not asked')
    }
  }
}

async function ask(
  ref: CollectionRef,
  { headers, readBody, log }: SubResourceRequest,
  session: KintoSession,
  { asks, observeAsk }: AskEndpointOptions
): Promise<Reply> {
  const conditions = [
    ...headerValues(headers, 'if-match'),
    ...headerValues(headers, 'if-none-match')
  ]
  const { outcome, ref: asked, record } = await asks.ask({ ref, session, readBody, conditions })
  observeAsk(outcome)
  log.info({ ref: asked, outcome }, 'asked')
  const stepfunction = { answer: `${recordPath(asked)}/stepfunction` }
  if (record === undefined) return jsonReply(200, session.commonHeaders, { stepfunction })
  const { data, permissions } = jsonObject(record)
  return jsonReply(record.status, endToEndHeaders(record.headers), {
    data,
    permissions,
    stepfunction
  })
}
