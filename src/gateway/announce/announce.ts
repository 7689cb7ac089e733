import type { Log } from '../../log.ts'
import type { Resource } from '../../kinto/resources.ts'
import { requestKinto, type KintoResponse } from '../../kinto/client.ts'
import { openHeaders } from '../../kinto/cors.ts'
import { selectHeaders } from '../../kinto/headers.ts'
import type { Kinto } from '../../kinto/session.ts'
import type { Health } from '../../stepfunctions/health.ts'
import type { View } from '../classify.ts'
import { heartbeatReply } from './heartbeat.ts'
import { withSubResources } from './openapi.ts'
import { errorReply, kintoReply, type Reply } from '../http/reply.ts'
import { withCapability } from './root-view.ts'

/**
 * A GET or HEAD for one of Kinto's utility views, as a value. Both get the same reply: for a HEAD
 * it is sent without its body.
 */
export interface ViewRequest {
  view: View
  /** In origin form, as received, query included. */
  target: string
  /** A flat list: the headers that the pass-through would send. */
  headers: string[]
  /** Milliseconds that the request has left. */
  timeLeft: () => number
}

export interface AnnounceOptions {
  kinto: Kinto
  health: Health
  resources: readonly Resource[]
  log: Log
}

/**
 * Kinto's utility views with what a plugin inside of Kinto would add to them. Never throws: a
 * failure becomes the reply.
 */
export async function announce(request: ViewRequest, options: AnnounceOptions): Promise<Reply> {
  const { resources, log } = options
  try {
    switch (request.view) {
      case 'root':
        return edited(await askKinto(request, options), body =>
          withCapability(body, resources, log)
        )
      case 'openapi':
        return edited(await askKinto(request, options), withSubResources)
      case 'heartbeat':
        return await heartbeatView(request, options)
    }
  } catch (error) {
    return errorReply(error, openHeaders, log)
  }
}

async function heartbeatView(request: ViewRequest, options: AnnounceOptions): Promise<Reply> {
  const kinto = askKinto(request, options).catch((err: unknown) => {
    options.log.error({ err }, 'Kinto does not answer its heartbeat')
    return undefined
  })
  const [response, health] = await Promise.all([kinto, options.health.check()])
  return heartbeatReply(response, health)
}

// Always a GET, so that a HEAD is told the right length, and without compression, to be edited.
async function askKinto(
  { target, headers, timeLeft }: ViewRequest,
  { kinto }: AnnounceOptions
): Promise<KintoResponse> {
  return await requestKinto(kinto.dispatcher, kinto.origin, {
    method: 'GET',
    path: target,
    // This request has no body.
    headers: [
      ...selectHeaders(headers, name => name !== 'accept-encoding' && !name.startsWith('content-')),
      'Accept-Encoding',
      'identity'
    ],
    timeoutMs: Math.min(kinto.timeoutMs, timeLeft())
  })
}

// They are true of Kinto's own text only: https://www.rfc-editor.org/rfc/rfc9110.html#section-8.8
const ofTheText = /^(etag|last-modified|accept-ranges|content-md5|(content-|repr-)?digest)$/

function edited(response: KintoResponse, edit: (body: Buffer) => Buffer | undefined): Reply {
  const reply = kintoReply(response)
  const body = response.status === 200 ? edit(response.body) : undefined
  return body === undefined
    ? reply
    : { ...reply, headers: selectHeaders(reply.headers, name => !ofTheText.test(name)), body }
}
