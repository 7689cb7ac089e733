import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { isForUs } from './hosts.ts'
import type { Metrics } from './metrics.ts'
import type { Readiness } from './readiness.ts'

export interface AdminOptions {
  readiness: Readiness
  metrics: Metrics
  /** Names of hosts by which it may be asked, beside addresses, localhost and the machine's. */
  hosts: readonly string[]
  log: FastifyBaseLogger
}

/** For operators and orchestrators, on a listener of its own that no client of Kinto reaches. */
export async function admin({
  readiness,
  metrics,
  hosts,
  log
}: AdminOptions): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({
    childLoggerFactory: (_silent, bindings, options) => log.child(bindings, options),
    logController: new LogController({ disableRequestLogging: true })
  })
  app.addHook('onRequest', async ({ headers: { host } }, reply) => {
    if (isForUs(host, hosts)) return
    const message = 'This is not a host of the admin listener. Add it to stepfunction.admin_hosts.'
    return reply.code(421).send({ code: 421, error: 'Misdirected Request', message })
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
