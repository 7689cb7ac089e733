import type { FastifyInstance } from 'fastify'
import { forward, type ForwardOptions } from './forward.ts'
import { relay } from './relay.ts'

/**
 * The internal path of requests that are passed on as they are. For Fastify's router, `rewriteUrl`
 * puts it in the place of the client's path.
 */
export const relayRoute = '/relayed'

const batchRoute = '/batch/'

/** The internal path of a batch. `version` is the API version in the batch's own path. */
export function pathOfBatch(version: string): string {
  return batchRoute + version
}

/** The version of a `pathOfBatch`. */
export function versionOfBatch(path: string): string {
  return path.slice(batchRoute.length)
}

/** Passes requests to Kinto: batches are inspected and forwarded, all else is relayed. */
export async function passThrough(
  scope: FastifyInstance,
  { inspect, ...options }: Omit<ForwardOptions, 'route'>
): Promise<void> {
  await scope.register(relay, { ...options, route: relayRoute })
  await scope.register(forward, { ...options, inspect, route: `${batchRoute}*` })
}
