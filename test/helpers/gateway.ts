import type { ServerOptions } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { pino } from 'pino'
import type { Test } from 'tap'
import { classify, relayed, type Kind } from '../../src/gateway/classify.ts'
import { IncomingBody } from '../../src/gateway/http/incoming-body.ts'
import { createGateway } from '../../src/gateway/gateway.ts'
import { hasBody, serverOptions } from '../../src/gateway/http/server.ts'
import { Kinds } from '../../src/gateway/kinds.ts'
import { jsonReply } from '../../src/gateway/http/reply.ts'
import { RequestPipeline } from '../../src/gateway/http/pipeline.ts'
import { Callers } from '../../src/kinto/callers.ts'
import { Shares, type SharesOptions } from '../../src/shares.ts'
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
  heads?: SharesOptions
  /** Options of Node's server that take the place of the service's own, such as its timeouts. */
  http?: ServerOptions
}

// Requests are relayed, unless test/gateway/forwarded.test.ts runs the same tests for forwarding.
const way: Kind =
  process.env['GATEWAY_WAY'] === 'forwarded' ? { kind: 'batch', version: 'v1' } : relayed

/**
 * The gateway alone, in front of this Kinto. An answer gets a response that says what its path was
 * taken for.
 */
export async function startGateway(
  t: Test,
  {
    kinto,
    trustProxy = false,
    timeoutMs = 30_000,
    clientIdleMs = 60_000,
    heads = { size: 64 * 1024 * 1024, share: 16 * 1024 * 1024 },
    http = {},
    ...options
  }: GatewayOptions
): Promise<Gateway> {
  const log: string[] = []
  const rooms = new Shares(heads)
  const reading = { idleMs: clientIdleMs }
  const upstream = createUpstream({ origin: kinto, timeoutMs, ...options })
  const pipeline = new RequestPipeline()
  const listening = serverOptions(pipeline)
  const app = await createGateway({
    listening: { ...listening, http: { ...listening.http, ...http } },
    passing: {
      upstream: kinto,
      dispatcher: upstream.dispatcher,
      reading,
      callers: new Callers(),
      heads: rooms,
      trustProxy
    },
    pipeline,
    kinds: new Kinds((method, target) => {
      const kind = classify(method, target)
      return kind.kind === 'answer' ? kind : way
    }),
    async inspect(kind, { raw, headers }, reply) {
      if (kind.kind === 'answer') return { reply: jsonReply(200, [], kind) }
      if (!hasBody(headers)) return { body: undefined }
      const head = rooms.holding(headers.authorization ?? '', false)
      const body = new IncomingBody(raw, reply.raw, reading, head)
      await body.begun()
      return { body }
    },
    observe: () => {},
    log: pino(
      {},
      {
        write: (line: string) => {
          log.push(line)
        }
      }
    )
  })
  app.addHook('onClose', upstream.close)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  return { url, app, log }
}
