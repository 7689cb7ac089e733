import type { ServerOptions } from 'node:http'
import Fastify, { type FastifyInstance } from 'fastify'
import type { Test } from 'tap'
import { classify } from '../../src/gateway/classify.ts'
import { IncomingBody } from '../../src/gateway/http/incoming-body.ts'
import { acceptMethods, hasBody, methods, serverOptions } from '../../src/gateway/http/server.ts'
import { passThrough, pathOfBatch, relayRoute } from '../../src/gateway/pass-through.ts'
import { errorReply, send } from '../../src/gateway/http/reply.ts'
import { requestId } from '../../src/gateway/http/request.ts'
import { RequestPipeline } from '../../src/gateway/http/pipeline.ts'
import { openHeaders } from '../../src/kinto/cors.ts'
import { Turns } from '../../src/wait.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'

export interface Gateway {
  url: string
  app: FastifyInstance
  /** The lines of the log. */
  log: string[]
}

export interface GatewayOptions {
  kinto: string
  timeoutMs?: number
  connectTimeoutMs?: number
  connections?: number
  ca?: string
  trustProxy?: boolean
  clientIdleMs?: number
  /** Options of Node's server that take the place of the service's own, such as its timeouts. */
  http?: ServerOptions
}

// Requests are relayed, unless test/gateway/forwarded.test.ts runs the same tests for forwarding.
const way = process.env['GATEWAY_WAY'] === 'forwarded' ? pathOfBatch('v1') : relayRoute

/**
 * The gateway alone, put together as the application does it. A request of the sub-resource gets a
 * response that says what its path was taken for.
 */
export async function startGateway(
  t: Test,
  {
    kinto,
    trustProxy = false,
    timeoutMs = 30_000,
    clientIdleMs = 60_000,
    http = {},
    ...options
  }: GatewayOptions
): Promise<Gateway> {
  const log: string[] = []
  const reading = { idleMs: clientIdleMs, turns: new Turns() }
  const upstream = createUpstream({ origin: kinto, timeoutMs, ...options })
  const pipeline = new RequestPipeline()
  const listening = serverOptions(pipeline)
  const app = Fastify({
    ...listening,
    genReqId: requestId,
    http: { ...listening.http, ...http },
    logger: {
      level: 'info',
      stream: {
        write: (line: string) => {
          log.push(line)
        }
      }
    },
    rewriteUrl: ({ method = '', url = '' }) =>
      classify(method, url).kind === 'answer' ? '/answer' : way
  })
  acceptMethods(app)
  pipeline.watch(app)
  app.setErrorHandler((error, _request, reply) =>
    send(reply, errorReply(error, openHeaders, app.log))
  )
  app.route({
    method: methods,
    url: '/answer',
    handler: async request => classify(request.method, request.originalUrl)
  })
  await app.register(passThrough, {
    async inspect({ raw, headers }, reply) {
      if (!hasBody(headers)) return { body: undefined }
      const body = new IncomingBody(raw, reply.raw, reading)
      await body.begun()
      return { body }
    },
    upstream: kinto,
    dispatcher: upstream.dispatcher,
    reading,
    trustProxy
  })
  app.addHook('onClose', upstream.close)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  return { url, app, log }
}
