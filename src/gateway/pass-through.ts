import type { FastifyInstance } from 'fastify'
import type { Examinable } from './classify.ts'
import { forward, type ForwardOptions } from './forward.ts'
import { relay } from './relay.ts'

/** The internal path of requests that are passed on as they are, for Fastify's router: `rewriteUrl` puts it in the place of the client's. */
export const relayRoute = '/relayed'

const examinedRoute = '/examined/'

/** The internal path of a request that is looked at before, and what it is. */
export function examinedPath (target: Examinable): string {
  return examinedRoute + encodeURIComponent(JSON.stringify(target))
}

/** Passes requests to Kinto. Each has one way: batches and writes of records are looked at and forwarded, all else is relayed. */
export async function passThrough (scope: FastifyInstance, { examine, ...options }: Omit<ForwardOptions, 'route'>): Promise<void> {
  await scope.register(relay, { ...options, route: relayRoute })
  await scope.register(forward, { ...options, examine, route: `${examinedRoute}*` })
}

/** What a request at an `examinedPath` is. */
export function examined (url: string): Examinable {
  return JSON.parse(decodeURIComponent(url.slice(examinedRoute.length)))
}
