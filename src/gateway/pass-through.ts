import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { isWriting } from './classify.ts'
import { forward, hasBody, type ForwardOptions } from './forward.ts'
import { relay } from './relay.ts'

const routes = { bodiless: '/bodiless', body: '/body', write: '/write' }

/** The internal path of a request that is passed through, for Fastify's router: `rewriteUrl` puts it in the place of the client's. */
export function passRoute (method: string, headers: IncomingHttpHeaders): string {
  if (isWriting(method)) return routes.write
  return hasBody(headers) ? routes.body : routes.bodiless
}

/** Passes requests to Kinto. Each has one way: reads without a body are relayed, all else is forwarded, and what may write is looked at before. */
export async function passThrough (scope: FastifyInstance, options: Omit<ForwardOptions, 'route'>): Promise<void> {
  const { upstream, dispatcher, trustProxy } = options
  const forwarding = { upstream, dispatcher, trustProxy }
  await scope.register(relay, { ...forwarding, route: routes.bodiless })
  await scope.register(forward, { ...forwarding, route: routes.body })
  await scope.register(forward, { ...options, route: routes.write })
}
