import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'

/** What operators and orchestrators ask, on a listener of its own that no client of Kinto reaches. */
export async function admin (log: FastifyBaseLogger): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify({ loggerInstance: log, logController: new LogController({ disableRequestLogging: true }) })
  // The process lives and answers: nothing else is looked at, for a restart would mend nothing else.
  app.get('/live', async () => ({ live: true }))
  return app
}
