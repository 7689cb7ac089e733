import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Bodies } from '../http/body.ts'
import type { SubResource } from '../classify.ts'
import type { Inspected } from '../forward.ts'
import { versionOfBatch } from '../pass-through.ts'
import { headersForKinto, whenClientLeaves } from '../http/request.ts'
import { deadline } from '../../wait.ts'
import type { SubResourceRouteOptions } from '../sub-resource/route.ts'
import { runBatch } from './batch.ts'
import { findTargets } from './find.ts'
import type { BatchOptions } from './run.ts'

export interface InspectOptions extends SubResourceRouteOptions, BatchOptions {
  /** Room for the bodies of batches, so that many batches keep no answers out. */
  batchBodies: Bodies
  /** Whether the service serves a sub-resource itself. */
  isOurs: (target: SubResource) => boolean
}

// 25 records of more than half a MiB each. A batch is read whole, as Kinto does before it acts.
const limits = {
  maxBytes: 16 * 1024 * 1024,
  // The largest then comes at some 50 KiB/s.
  timeoutMs: 300_000
}

/**
 * Looks into batches for requests for sub-resources. A batch without any goes to Kinto as it came.
 * So does one that cannot be understood: Kinto has its own word on that.
 */
export function inspectBatches(
  options: InspectOptions
): (request: FastifyRequest, reply: FastifyReply) => Promise<Inspected> {
  return async function inspect(request, reply) {
    const version = versionOfBatch(request.url)
    const body = await options.batchBodies.read(request.raw, reply.raw, {
      ...limits,
      ...options.callers.of(request.headers.authorization)
    })
    const headers = headersForKinto(request, options.trustProxy)
    const targets = findTargets({ body, version, headers }, options.isOurs)
    if (targets.length === 0) return { body: streamOf(body) }
    const clientGone = whenClientLeaves(reply)
    const timeLeft = deadline(options.requestMs)
    const batch = { version, headers, clientGone, timeLeft }
    const batchReply = await runBatch(body, targets, batch, options)
    return batchReply === undefined ? { body: streamOf(body) } : { reply: batchReply }
  }
}

function streamOf(body: Buffer): Readable | undefined {
  return body.length === 0 ? undefined : Readable.from(body)
}
