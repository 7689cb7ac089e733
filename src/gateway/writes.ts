import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { mayWriteCollection } from '../answer/permission.ts'
import { headerValues } from '../kinto/headers.ts'
import { KintoSession } from '../kinto/session.ts'
import { runBatch } from './batch/batch.ts'
import { specialsIn, type Business } from './batch/specials.ts'
import { originForm, type GuardedWrite } from './classify.ts'
import type { Examined } from './forward.ts'
import { FormScanner, scanForm } from './guard/form-scanner.ts'
import { judgeDeletion, judgeWrite, mustScan, needsLook } from './guard/guard.ts'
import { examined } from './pass-through.ts'
import { errorReply } from './reply.ts'
import { countdown, headersForKinto, whenClientLeaves } from './request.ts'
import type { SubResourceOptions } from './sub-resource.ts'

export interface WritesOptions extends SubResourceOptions, Business {}

// 25 records of more than half a MiB each. What is to be looked at is read whole, as Kinto does before it acts.
const limits = {
  maxBytes: 16 * 1024 * 1024,
  // Some 50 KiB/s for the largest.
  timeoutMs: 300_000
}

/** Looks at what may be the service's business: answers in batches, and what bears on the step of a record. */
export function examineWrites (options: WritesOptions): (request: FastifyRequest, reply: FastifyReply) => Promise<Examined | undefined> {
  return async function examine (request, reply) {
    const target = examined(request.url)
    return target.kind === 'batch' ? await examineBatch(request, reply, target.version, options) : await examineWrite(request, reply, target.write, options)
  }
}

async function examineBatch (request: FastifyRequest, reply: FastifyReply, version: string, options: WritesOptions): Promise<Examined> {
  const body = await options.bodies.read(request.raw, reply.raw, limits)
  const headers = headersForKinto(request, options.trustProxy)
  const specials = specialsIn({ body, version, headers }, options)
  if (specials.every(special => special === undefined)) return { body: streamOf(body), headers: [] }
  const exchange = { version, headers, clientGone: whenClientLeaves(reply), timeLeft: countdown(options.requestMs) }
  const answered = await runBatch(body, specials, exchange, options)
  return answered === undefined ? { body: streamOf(body), headers: [] } : { reply: answered }
}

async function examineWrite (request: FastifyRequest, reply: FastifyReply, write: GuardedWrite, options: WritesOptions): Promise<Examined | undefined> {
  const headers = headersForKinto(request, options.trustProxy)
  const session = new KintoSession(options.kinto, headers, countdown(options.requestMs))
  const body = write.what === 'upload' ? Buffer.alloc(0) : await options.bodies.read(request.raw, reply.raw, limits)
  try {
    if (write.what === 'upload') {
      if (!(await mustScan(write.ref, session))) return undefined
      return { body: Readable.from(scanForm(request.raw, new FormScanner(headerValues(headers, 'content-type')))), headers: [] }
    }
    const exchange = { method: request.method, target: originForm(request.originalUrl), headers, body }
    const free = write.what === 'record' && !needsLook(exchange)
    if (free || await mayWriteCollection(session, write.ref)) return { body: streamOf(body), headers: [] }
    return { body: streamOf(body), headers: write.what === 'record' ? await judgeWrite(exchange, write.ref, session) : await judgeDeletion(exchange, write.ref, session) }
  } catch (error) {
    options.log.info({ ref: write.ref, method: request.method, err: error }, 'a write of a record was not let through')
    return { reply: errorReply(error, session.common, options.log) }
  }
}

function streamOf (body: Buffer): Readable | undefined {
  return body.length === 0 ? undefined : Readable.from(body)
}
