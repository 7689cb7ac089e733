import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Bodies } from '../http/body.ts'
import type { SubResource } from '../classify.ts'
import type { Inspected } from '../forward.ts'
import { versionOfBatch } from '../pass-through.ts'
import { countdown, headersForKinto, whenClientLeaves } from '../http/request.ts'
import type { SubResourceRouteOptions } from '../sub-resource/route.ts'
import { runBatch } from './batch.ts'
import { findTargets } from './find.ts'

export interface BatchOptions extends SubResourceRouteOptions {
  /** Room for the bodies of batches: no crowd of these keeps answers out. */
  batchBodies: Bodies
  /** Whether a sub-resource is answered here. */
  isOurs: (target: SubResource) => boolean
}

// 25 records of more than half a MiB each. A batch is read whole, as Kinto does before it acts.
const limits = {
  maxBytes: 16 * 1024 * 1024,
  // Some 50 KiB/s for the largest.
  timeoutMs: 300_000
}

/**
 * Looks into batches for requests that are the service's business. A batch without any goes on as
 * it came, and so does one that cannot be understood: Kinto has its own word on it.
 */
export function inspectBatches(
  options: BatchOptions
): (request: FastifyRequest, reply: FastifyReply) => Promise<Inspected> {
  return async function inspect(request, reply) {
    const version = versionOfBatch(request.url)
    const body = await options.batchBodies.read(request.raw, reply.raw, limits)
    const headers = headersForKinto(request, options.trustProxy)
    const targets = findTargets({ body, version, headers }, options.isOurs)
    if (targets.length === 0) return { body: streamOf(body) }
    const clientGone = whenClientLeaves(reply)
    const timeLeft = countdown(options.requestMs)
    const batch = { version, headers, clientGone, timeLeft }
    const answered = await runBatch(body, targets, batch, options)
    return answered === undefined ? { body: streamOf(body) } : { reply: answered }
  }
}

function streamOf(body: Buffer): Readable | undefined {
  return body.length === 0 ? undefined : Readable.from(body)
}
