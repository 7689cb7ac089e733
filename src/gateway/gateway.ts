import Fastify, {
  LogController,
  type FastifyBaseLogger,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RawServerDefault
} from 'fastify'
import { openHeaders } from '../kinto/cors.ts'
import { refuseLoop } from '../kinto/via.ts'
import type { Inspected } from './classify.ts'
import { forward, type Inspection } from './forward.ts'
import { clientLeft } from './http/failures.ts'
import type { RequestPipeline } from './http/pipeline.ts'
import { errorReply, send } from './http/reply.ts'
import { requestId } from './http/request.ts'
import { acceptMethods } from './http/server.ts'
import type { Kinds } from './kinds.ts'
import { relay, type Passing } from './relay.ts'

export interface GatewayOptions {
  /** How it listens: `serverOptions`. */
  listening: FastifyHttpOptions<RawServerDefault>
  passing: Passing
  pipeline: RequestPipeline
  kinds: Kinds
  /** Looks into the requests that are not relayed. */
  inspect: (kind: Inspected, request: FastifyRequest, reply: FastifyReply) => Promise<Inspection>
  /** Told of each response: the kind of its request, the method and the status. */
  observe: (kind: string, method: string, status: number) => void
  log: FastifyBaseLogger
}

// For Fastify's router, in the place of the client's own path, which it would decode, and refuse
// some.
const routes = { relayed: '/relayed', inspected: '/inspected' }

/** The service between client and Kinto. It does not listen yet. */
export async function createGateway({
  listening,
  passing,
  pipeline,
  kinds,
  inspect,
  observe,
  log
}: GatewayOptions): Promise<FastifyInstance> {
  const gateway: FastifyInstance = Fastify({
    ...listening,
    // With `loggerInstance` Fastify would write a line for each listener.
    childLoggerFactory: (_silent, bindings, options) => log.child(bindings, options),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    rewriteUrl: request =>
      kinds.classify(request).kind === 'relayed' ? routes.relayed : routes.inspected
  })
  acceptMethods(gateway)
  pipeline.watch(gateway)
  gateway.addHook('onRequest', ({ headers }, _reply, done) => {
    refuseLoop(headers.via)
    done()
  })
  gateway.addHook('onResponse', ({ raw, method }, { raw: { statusCode } }, done) => {
    observe(kinds.nameOf(raw), method, statusCode)
    done()
  })
  gateway.setErrorHandler((error, { id, method }, reply) => {
    if (!clientLeft(error))
      return send(reply, errorReply(error, openHeaders, log.child({ reqId: id })))
    log.info({ reqId: id, method }, 'a client left before its request was answered')
    return reply.code(499).send()
  })
  await gateway.register(relay, { route: routes.relayed, passing })
  await gateway.register(forward, {
    route: routes.inspected,
    passing,
    inspect: (request, reply) => inspect(kinds.inspected(request.raw), request, reply)
  })
  return gateway
}
