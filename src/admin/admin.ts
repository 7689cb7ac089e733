import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import type { Metrics } from './metrics.ts'
import type { Readiness } from './readiness.ts'

export interface AdminOptions {
  readiness: Readiness
  metrics: Metrics
  log: FastifyBaseLogger
}

/** For operators and orchestrators, on a listener of its own that no client of Kinto reaches. */
export async function admin({ readiness, metrics, log }: AdminOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    childLoggerFactory: (_silent, bindings, options) => log.child(bindings, options),
    logController: new LogController({ disableRequestLogging: true })
  })
  // Looks at nothing but the process itself: a restart would mend nothing else.
  app.get('/live', async () => ({ live: true }))
  app.get('/ready', async (_request, reply) => {
    const state = await readiness.check()
    return reply.code(state.ready ? 200 : 503).send(state)
  })
  app.get('/metrics', async (_request, reply) => {
    const { type, body } = await metrics.text()
    return reply.type(type).send(body)
  })
  return app
}
