import type { Log } from '../../log.ts'
import { commonHeaders, openHeaders } from '../../kinto/cors.ts'
import { methodNotAllowed, unsupportedMediaType } from '../../kinto/errors.ts'
import { headerValues, selectHeaders } from '../../kinto/headers.ts'
import { KintoSession, type Kinto } from '../../kinto/session.ts'
import { errorReply, kintoReply, type Reply } from '../http/reply.ts'

/** A request for an endpoint of the service, as a value. */
export interface EndpointRequest {
  method: string
  /** A flat list: those that the pass-through would send. */
  headers: string[]
  /** Aborted when the client has left. */
  clientGone: AbortSignal
  /** Milliseconds that the request has left. */
  timeLeft: () => number
  /** Names the request in each of its lines. */
  log: Log
}

/** One endpoint of the service, beside Kinto's own. */
export interface Endpoint<Request extends EndpointRequest> {
  /** The path of the Kinto resource that it belongs to. Both have the same CORS policy. */
  path: string
  /** A method of Kinto's resource: its CORS answer is that of all methods of ours. */
  supported: string
  /** A method that Kinto's resource lacks: its refusal is that of all others. */
  unsupported: string
  methods: ReadonlyMap<string, (request: Request, session: KintoSession) => Promise<Reply>>
  /** Told of a POST that failed. */
  failed: (reply: Reply, log: Log) => void
}

const requestMethod = 'Access-Control-Request-Method'

/**
 * Handles every request for an endpoint: methods, CORS, errors. Never throws: a failure becomes the
 * reply. `left` is called when the client left before it had one.
 */
export async function handleEndpoint<Request extends EndpointRequest>(
  request: Request,
  kinto: Kinto,
  open: () => Endpoint<Request>,
  left: () => void
): Promise<Reply> {
  const { method, clientGone, log } = request
  const session = new KintoSession(kinto, request.headers, request.timeLeft)
  let endpoint: Endpoint<Request> | undefined
  try {
    endpoint = open()
    if (method === 'OPTIONS') return await preflight(request, session, endpoint)
    const carryOut = endpoint.methods.get(method)
    if (carryOut === undefined) return await notAllowed(request, session, endpoint)
    if (method === 'POST') requireJson(headerValues(request.headers, 'content-type')[0])
    return await carryOut(request, session)
  } catch (error) {
    if (clientGone.aborted) {
      left()
      return { status: 499, headers: [], body: '' }
    }
    const reply = errorReply(error, openHeaders, log)
    if (method === 'POST') endpoint?.failed(reply, log)
    return reply
  }
}

type Methods = ReadonlyMap<string, unknown>
type Described = Pick<Endpoint<EndpointRequest>, 'path' | 'supported' | 'unsupported'> & {
  methods: Methods
}

/**
 * Kinto does not know the endpoint. So it is asked for its policy on the resource, and our methods
 * are put in.
 */
async function preflight(
  { headers }: EndpointRequest,
  session: KintoSession,
  { path, supported, unsupported, methods }: Described
): Promise<Reply> {
  const [wanted] = headerValues(headers, 'access-control-request-method')
  const isOurs = wanted === 'OPTIONS' || methods.has(wanted ?? '')
  const reply = kintoReply(
    await session.options(
      path,
      wanted === undefined ? [] : [requestMethod, isOurs ? supported : unsupported]
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
  { log }: EndpointRequest,
  session: KintoSession,
  { path, unsupported, methods }: Described
): Promise<Reply> {
  const { headers } = await session.options(path, [requestMethod, unsupported])
  return errorReply(methodNotAllowed(allowed(methods).join(', ')), commonHeaders(headers), log)
}

function allowed(methods: Methods): string[] {
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
