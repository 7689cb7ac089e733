import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Callers } from '../../kinto/callers.ts'
import { deadline } from '../../wait.ts'
import type { SubResource } from '../classify.ts'
import type { Inspection } from '../forward.ts'
import type { Bodies } from '../http/body.ts'
import { headersForKinto, whenClientLeaves } from '../http/request.ts'
import { runBatch } from './batch.ts'
import { findTargets } from './find.ts'
import type { BatchOptions } from './run.ts'

export interface ServeBatchOptions {
  /** Milliseconds that a whole batch may take, once its body is here. */
  requestMs: number
  trustProxy: boolean
  callers: Callers
  /** Room for the bodies of batches, so that many batches keep no answers out. */
  bodies: Bodies
  /** Whether the service serves a sub-resource itself. */
  isOurs: (target: SubResource) => boolean
  batches: BatchOptions
}

// 25 records of more than half a MiB each. A batch is read whole, as Kinto does before it acts.
const limits = {
  maxBytes: 16 * 1024 * 1024,
  // The largest then comes at some 50 KiB/s.
  timeoutMs: 300_000
}

/**
 * Serves a batch in which requests for sub-resources stand. A batch without any goes to Kinto as it
 * came. So does one that cannot be understood: Kinto has its own word on that. `version` is that of
 * the API in the batch's own path.
 * @throws Refusal 413, 503
 */
export async function serveBatch(
  version: string,
  request: FastifyRequest,
  reply: FastifyReply,
  { requestMs, trustProxy, callers, bodies, isOurs, batches }: ServeBatchOptions
): Promise<Inspection> {
  const { raw, log } = request
  const whose = callers.of(raw.headers.authorization)
  const body = await bodies.read(raw, reply.raw, { ...limits, ...whose })
  const headers = headersForKinto(request, trustProxy)
  const targets = findTargets({ body, version, headers }, isOurs)
  if (targets.length === 0) return { body: streamOf(body) }
  const clientGone = whenClientLeaves(reply)
  const batch = { version, headers, clientGone, timeLeft: deadline(requestMs), log }
  const batchReply = await runBatch(body, targets, batch, batches)
  return batchReply === undefined ? { body: streamOf(body) } : { reply: batchReply }
}

function streamOf(body: Buffer): Readable | undefined {
  return body.length === 0 ? undefined : Readable.from(body)
}
