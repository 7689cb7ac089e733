import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RecordRef } from '../../kinto/paths.ts'
import { readBody } from '../body.ts'
import { send } from '../reply.ts'
import { countdown, headersForKinto, whenClientLeaves } from '../request.ts'
import type { SubResourceOptions } from '../sub-resource.ts'
import { runBatch } from './batch.ts'
import { planBatch } from './plan.ts'

export interface ExamineBatchOptions extends SubResourceOptions {
  /** Whether the record's sub-resource is answered here. */
  isOurs: (ref: RecordRef) => boolean
}

// 25 records of more than half a MiB each. A whole batch is read before anything of it is carried out, as Kinto does.
const maxBatchBytes = 16 * 1024 * 1024

// Some 50 KiB/s for the largest.
const uploadMs = 300_000

/** The internal path of batches, before the version of their own path. */
export const batchRoute = '/batch/'

/** Answers a batch with requests for the sub-resource in it, and leaves any other to Kinto, byte for byte. */
export function examineBatch (options: ExamineBatchOptions): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined> {
  return async function examine (request, reply) {
    const body = await readBody(request.raw, { maxBytes: maxBatchBytes, timeoutMs: uploadMs })
    const version = request.url.slice(batchRoute.length)
    const plan = planBatch(body, version, options.isOurs)
    const exchange = { version, headers: headersForKinto(request, options.trustProxy), clientGone: whenClientLeaves(reply), timeLeft: countdown(options.requestMs) }
    const answered = plan === undefined ? undefined : await runBatch(plan, exchange, options)
    if (answered !== undefined) return send(reply, answered)
    if (body.length > 0) request.body = Readable.from(body)
    return undefined
  }
}
