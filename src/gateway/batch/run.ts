import type { Log } from '../../log.ts'
import {
  requestKinto,
  jsonObject,
  KintoUnreachable,
  type KintoResponse
} from '../../kinto/client.ts'
import { openHeaders } from '../../kinto/cors.ts'
import { selectHeaders } from '../../kinto/headers.ts'
import { batchPath } from '../../kinto/paths.ts'
import { failure } from '../http/failures.ts'
import { endToEndHeaders } from '../http/headers.ts'
import { errorReply, kintoReply, type Reply } from '../http/reply.ts'
import type { SubResourceOptions } from '../sub-resource/handle.ts'
import type { Kinto } from '../../kinto/session.ts'
import type { SubRequest } from './effective.ts'

/** What it takes to carry out a batch. */
export interface BatchOptions {
  /** For Kinto's own requests: they take no connection from answers. */
  sharedKinto: Kinto
  subResources: SubResourceOptions
}

/** The request that carries a batch. Its headers are those that the pass-through would send. */
export interface BatchRequest {
  /** Of the API, in the batch's own path. */
  version: string
  headers: string[]
  /** Aborted when the client has left. */
  clientGone: AbortSignal
  /** Milliseconds that the batch has left. */
  timeLeft: () => number
  log: Log
}

/** The outcome of requests that Kinto got as a batch of their own. */
export type RunOutcome = { entries: unknown[]; headers: string[] } | { failed: Reply }

// They concern the body that the client sent, and Kinto gets another one.
const ofTheBody = /^(content-.*|.*digest|accept-encoding)$/

/** Has Kinto carry out a batch of these requests, in one transaction of Kinto's. Never throws. */
export async function sendRun(
  requests: SubRequest[],
  { version, headers, timeLeft, log }: BatchRequest,
  { sharedKinto: kinto }: BatchOptions
): Promise<RunOutcome> {
  try {
    const response = await requestKinto(kinto.dispatcher, kinto.origin, {
      method: 'POST',
      path: batchPath(version),
      headers: [
        ...selectHeaders(headers, name => !ofTheBody.test(name)),
        'Content-Type',
        'application/json',
        'Accept-Encoding',
        'identity'
      ],
      body: JSON.stringify({ requests }),
      timeoutMs: Math.min(kinto.timeoutMs, timeLeft())
    })
    return response.status === 200
      ? {
          entries: responses(response, requests.length),
          headers: endToEndHeaders(response.headers)
        }
      : { failed: kintoReply(response) }
  } catch (error) {
    return { failed: errorReply(failure(error, 'POST'), openHeaders, log) }
  }
}

function responses(response: KintoResponse, size: number): unknown[] {
  const { responses } = jsonObject(response)
  if (Array.isArray(responses) && responses.length === size) return responses
  throw new KintoUnreachable('The answer is not that to the batch.')
}
