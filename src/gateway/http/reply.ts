import type { FastifyReply } from 'fastify'
import type { Log } from '../../log.ts'
import { KintoRefusal, KintoUnreachable, type KintoResponse } from '../../kinto/client.ts'
import { errorBody, invalid, programmingError, Refusal } from '../../kinto/errors.ts'
import { FollowUpFailed } from '../../kinto/follow-up.ts'
import { headerNames, headerValues, selectHeaders } from '../../kinto/headers.ts'
import { UnsafeSegmentError } from '../../kinto/paths.ts'
import { unreachable } from './failures.ts'
import { endToEndHeaders } from './headers.ts'

/** A response to the client, as a value. Headers are a flat list, without `Content-Length`. */
export interface Reply {
  status: number
  headers: string[]
  body: string | Buffer
}

/** A reply with a JSON body. Its type replaces the type and length that `headers` may hold. */
export function jsonReply(status: number, headers: readonly string[], body: unknown): Reply {
  return jsonText(status, headers, JSON.stringify(body))
}

/** Kinto's own response, as it came. */
export function kintoReply({ status, headers, body }: KintoResponse): Reply {
  return {
    status,
    headers: selectHeaders(endToEndHeaders(headers), name => name !== 'content-length'),
    body
  }
}

/**
 * The reply to a request that failed. `headers` are for an error before Kinto's first response to
 * the caller; a later one carries its own. What is not for the client goes to the log.
 */
export function errorReply(error: unknown, headers: readonly string[], log: Log): Reply {
  if (error instanceof FollowUpFailed) return errorReply(error.cause, error.headers, log)
  if (error instanceof KintoRefusal && error.response.status >= 400)
    return kintoReply(error.response)
  const refusal = asRefusal(error)
  const { problem } = refusal
  if (problem.status >= 500) {
    // The refusal says what the line says. Its cause is what an operator needs.
    const err = error instanceof Refusal ? error.cause : error
    log.error({ err, status: problem.status }, problem.message)
  }
  return jsonText(problem.status, [...headers, ...refusal.headers], errorBody(problem))
}

function asRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  // What is no refusal is not from Kinto: a page to log in, say, of a server in between.
  if (error instanceof KintoUnreachable || error instanceof KintoRefusal) return unreachable(error)
  if (error instanceof UnsafeSegmentError) return invalid('path', 'id', 'Invalid object id')
  return programmingError(error)
}

function jsonText(status: number, headers: readonly string[], body: string): Reply {
  const others = selectHeaders(
    headers,
    name => name !== 'content-type' && name !== 'content-length'
  )
  return { status, headers: [...others, 'Content-Type', 'application/json'], body }
}

/** Sends a reply over HTTP. A header that stands in it several times is sent several times. */
export function send(reply: FastifyReply, { status, headers, body }: Reply): FastifyReply {
  for (const name of headerNames(headers)) {
    const [first, ...others] = headerValues(headers, name)
    reply.header(name, others.length === 0 ? first : [first, ...others])
  }
  // To the type of a string Fastify would add the charset UTF-8. Kinto names none.
  return reply.code(status).send(Buffer.from(body))
}
