import type { Readable } from 'node:stream'
import httpProxy from '@fastify/http-proxy'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Dispatcher } from 'undici'
import { Refusal } from '../kinto/errors.ts'
import { originForm } from './classify.ts'
import { failure, refusalIn } from './http/failures.ts'
import { endToEndObject } from './http/headers.ts'
import { connectionIdleMs, methods, requireKnownCoding } from './http/server.ts'
import type { Passing } from './relay.ts'
import { send, type Reply } from './http/reply.ts'
import { headersForKinto } from './http/request.ts'

export interface ForwardOptions {
  /** The internal path of the requests to forward. */
  route: string
  passing: Passing
  /** Looks into a request before it is forwarded, and may reply to it in Kinto's place. */
  inspect: (request: FastifyRequest, reply: FastifyReply) => Promise<Inspection>
}

/** A reply in Kinto's place, or the body that goes to Kinto, if there is one. */
export type Inspection = { reply: Reply } | { body: Readable | undefined }

/**
 * Passes inspected requests to Kinto and its responses back, streamed, byte for byte. Trailers and
 * 1xx responses are not passed on.
 */
export async function forward(
  scope: FastifyInstance,
  { route, passing: { upstream, dispatcher, reading, trustProxy }, inspect }: ForwardOptions
): Promise<void> {
  scope.setErrorHandler((error, request, reply) => {
    if (error instanceof Refusal) throw error
    withdrawHeaders(reply)
    throw refusalIn(error) ?? failure(error, request.method)
  })
  scope.addHook('preHandler', async (request, reply) => {
    requireKnownCoding(request.headers)
    const inspection = await inspect(request, reply)
    if ('reply' in inspection) return await send(reply, inspection.reply)
    request.body = inspection.body
  })
  scope.addHook('onResponse', ({ raw }, reply, done) => {
    reply.raw.setTimeout(connectionIdleMs)
    raw.resume()
    done()
  })
  await scope.register(httpProxy, {
    upstream,
    undici: dispatcher.compose(asReceived),
    routes: [route],
    httpMethods: methods,
    proxyPayloads: false,
    disableRequestLogging: true,
    internalRewriteLocationHeader: false,
    replyOptions: {
      // reply-from would refuse the body of a GET, and after a 503 it would repeat the GET ten
      // times. The true method is in the pseudo-headers.
      method: 'POST',
      rewriteRequestHeaders: request => ({
        ':method': request.raw.method,
        ':path': originForm(request.originalUrl),
        ':fields': headersForKinto(request, trustProxy)
      }),
      rewriteHeaders: endToEndObject,
      // reply-from would close the connection when a response comes before the request has ended.
      onResponse(_request, reply, response) {
        // A client that does not read would keep a connection to Kinto.
        reply.raw.setTimeout(reading.idleMs)
        if (reply.hasHeader('connection')) reply.removeHeader('connection')
        reply.send(response.stream)
      }
    }
  })
}

// Kinto's response may have begun, and broken off before the first byte of its body.
function withdrawHeaders(reply: FastifyReply): void {
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
}

// reply-from sends a path through `new URL`, which rewrites it. It sends headers through an object,
// which loses their spelling and repetition. So the request travels past it in pseudo-headers: no
// client can send these, since Node's parser refuses the colon.
function asReceived(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return function dispatchAsReceived(options, handler) {
    const headers = new Map<string, unknown>(Object.entries(Object.assign({}, options.headers)))
    return dispatch(
      {
        ...options,
        method: String(headers.get(':method')),
        path: String(headers.get(':path')),
        headers: [headers.get(':fields')].flat().map(String)
      },
      handler
    )
  }
}
