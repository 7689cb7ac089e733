import type { Log } from '../../log.ts'
import { commonHeaders, openHeaders } from '../../kinto/cors.ts'
import { methodNotAllowed, unsupportedMediaType } from '../../kinto/errors.ts'
import { headerValues, selectHeaders } from '../../kinto/headers.ts'
import { KintoSession, type Kinto } from '../../kinto/session.ts'
import type { SubResource } from '../classify.ts'
import { errorReply, kintoReply, type Reply } from '../http/reply.ts'
import { answerEndpoint, type AnswerEndpointOptions } from './answer.ts'
import { askEndpoint, type AskEndpointOptions } from './ask.ts'

/**
 * A request for a sub-resource, as a value. Headers are a flat list: those that the pass-through
 * would send.
 */
export interface SubResourceRequest {
  method: string
  target: SubResource
  headers: string[]
  /**
   * Reads the whole body.
   * @throws Refusal 413, 503
   */
  readBody: () => Promise<Uint8Array>
  /** Aborted when the client has left. */
  clientGone: AbortSignal
  /** Milliseconds that the request has left. */
  timeLeft: () => number
  /** Whether an answer may wait for the task of the record's activity. */
  mayWait: boolean
  /** Names the request in each of its lines. */
  log: Log
}

/** One kind of sub-resource. */
export interface Endpoint {
  /** The path of the Kinto resource that it belongs to. Both have the same CORS policy. */
  path: string
  /** A method that Kinto's resource has, and one that it does not have. */
  known: string
  foreign: string
  methods: ReadonlyMap<
    string,
    (request: SubResourceRequest, session: KintoSession) => Promise<Reply>
  >
  /** Told of a POST that failed. */
  failed: (reply: Reply, log: Log) => void
}

export interface SubResourceOptions {
  kinto: Kinto
  answering: AnswerEndpointOptions
  asking: AskEndpointOptions
}

const requestMethod = 'Access-Control-Request-Method'

/** Handles every request for a sub-resource. Never throws: a failure becomes the reply. */
export async function handleSubResource(
  request: SubResourceRequest,
  { kinto, answering, asking }: SubResourceOptions
): Promise<Reply> {
  const { method, target, clientGone, log } = request
  const session = new KintoSession(kinto, request.headers, request.timeLeft)
  let endpoint: Endpoint | undefined
  try {
    endpoint =
      target.kind === 'answer'
        ? answerEndpoint(target.ref, answering)
        : askEndpoint(target.ref, asking)
    if (method === 'OPTIONS') return await preflight(request, session, endpoint)
    const carryOut = endpoint.methods.get(method)
    if (carryOut === undefined) return await notAllowed(request, session, endpoint)
    if (method === 'POST') requireJson(headerValues(request.headers, 'content-type')[0])
    return await carryOut(request, session)
  } catch (error) {
    if (clientGone.aborted) return nobodyIsThere(target, log)
    const reply = errorReply(error, openHeaders, log)
    if (method === 'POST') endpoint?.failed(reply, log)
    return reply
  }
}

function nobodyIsThere({ ref }: SubResource, log: Log): Reply {
  log.info({ ref }, 'a client left before its answer was taken')
  return { status: 499, headers: [], body: '' }
}

/**
 * Kinto does not know the sub-resource. So it is asked for its policy on the resource, and our
 * methods are put in.
 */
async function preflight(
  { headers }: SubResourceRequest,
  session: KintoSession,
  { path, known, foreign, methods }: Endpoint
): Promise<Reply> {
  const [wanted] = headerValues(headers, 'access-control-request-method')
  const isOurs = wanted === 'OPTIONS' || methods.has(wanted ?? '')
  const reply = kintoReply(
    await session.options(
      path,
      wanted === undefined ? [] : [requestMethod, isOurs ? known : foreign]
    )
  )
  const others = selectHeaders(reply.headers, name => name !== 'access-control-allow-methods')
  return others.length === reply.headers.length
    ? reply
    : { ...reply, headers: [...others, 'Access-Control-Allow-Methods', allowed(methods).join(',')] }
}

/**
 * Kinto's refusal of a preflight carries the headers of its 405. Unlike another method, a preflight
 * can change nothing.
 */
async function notAllowed(
  { log }: SubResourceRequest,
  session: KintoSession,
  { path, foreign, methods }: Endpoint
): Promise<Reply> {
  const { headers } = await session.options(path, [requestMethod, foreign])
  return errorReply(methodNotAllowed(allowed(methods).join(', ')), commonHeaders(headers), log)
}

function allowed(methods: Endpoint['methods']): string[] {
  return [...methods.keys(), 'OPTIONS']
}

// Browsers send forms across sites without asking. So nothing but JSON is taken, even where the
// body of a form would parse.
function requireJson(contentType: string | undefined): void {
  const [type = ''] = (contentType ?? '').split(';', 1)
  if (type.trim().toLowerCase() === 'application/json') return
  throw unsupportedMediaType(
    "Content-Type header should be application/json. With curl: -H 'Content-Type: application/json'"
  )
}
