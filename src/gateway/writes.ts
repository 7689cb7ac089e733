import { Readable } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { mayWriteCollection } from '../answer/permission.ts'
import { exchange as send } from '../kinto/client.ts'
import { headerValues, selectHeaders } from '../kinto/headers.ts'
import { KintoSession } from '../kinto/session.ts'
import type { Bodies } from './body.ts'
import { runBatch } from './batch/batch.ts'
import { readBatch, type Business } from './batch/specials.ts'
import { originForm, type GuardedWrite } from './classify.ts'
import type { Examined } from './forward.ts'
import { FormScanner, scanForm } from './guard/form-scanner.ts'
import { createOnly, existsAlready, judgeDeletion, judgeUpload, judgeWrite, needsLook, type WriteExchange } from './guard/guard.ts'
import { requireOneReading } from './guard/write.ts'
import { examined } from './pass-through.ts'
import { errorReply, kintoReply, type Reply } from './reply.ts'
import { countdown, headersForKinto, whenClientLeaves } from './request.ts'
import type { SubResourceOptions } from './sub-resource.ts'

export interface WritesOptions extends SubResourceOptions, Business {
  /** Room for the bodies of batches and writes: no crowd of these keeps answers out. */
  writeBodies: Bodies
}

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
  const body = await options.writeBodies.read(request.raw, reply.raw, limits)
  const headers = headersForKinto(request, options.trustProxy)
  const batch = readBatch({ body, version, headers }, options)
  if (batch.specials.every(special => special === undefined)) return { body: streamOf(body), headers: [] }
  const exchange = { version, headers, clientGone: whenClientLeaves(reply), timeLeft: countdown(options.requestMs) }
  const answered = await runBatch(body, batch, exchange, options)
  return answered === undefined ? { body: streamOf(body), headers: [] } : { reply: answered }
}

async function examineWrite (request: FastifyRequest, reply: FastifyReply, write: GuardedWrite, options: WritesOptions): Promise<Examined | undefined> {
  const headers = headersForKinto(request, options.trustProxy)
  const session = new KintoSession(options.kinto, headers, countdown(options.requestMs))
  const body = write.what === 'upload' ? Buffer.alloc(0) : await options.writeBodies.read(request.raw, reply.raw, limits)
  try {
    requireOneReading(headers)
    if (write.what === 'upload') {
      if (await mayWriteCollection(session, write.ref)) return undefined
      const { ref } = write
      const scanner = new FormScanner(headerValues(headers, 'content-type'))
      return { body: Readable.from(scanForm(request.raw, scanner, () => judgeUpload(ref, session))), headers: [] }
    }
    const exchange = { method: request.method, target: originForm(request.originalUrl), headers, body }
    if (await isFree(exchange, write, session)) return { body: streamOf(body), headers: [] }
    const conditions = write.what === 'record' ? await judgeWrite(exchange, write.ref, session) : await judgeDeletion(exchange, write.ref, session)
    return conditions === createOnly && request.method === 'PUT' ? { reply: await create(exchange, session, options) } : { body: streamOf(body), headers: conditions }
  } catch (error) {
    options.log.info({ ref: write.ref, method: request.method, err: error }, 'a write of a record was not let through')
    return { reply: errorReply(error, session.common, options.log) }
  }
}

/** Whether the write need not be judged. What cannot be read goes on for those alone who may write the collection. */
async function isFree (exchange: WriteExchange, { what, ref }: GuardedWrite, session: KintoSession): Promise<boolean> {
  try {
    if (what === 'record' && !needsLook(exchange)) return true
  } catch (error) {
    if (await mayWriteCollection(session, ref)) return true
    throw error
  }
  return await mayWriteCollection(session, ref)
}

/** Has Kinto carry out a PUT that may create its record, and no more. */
async function create ({ target, headers, body }: WriteExchange, session: KintoSession, { kinto, log }: WritesOptions): Promise<Reply> {
  const own = headerValues(headers, 'if-none-match')
  const others = selectHeaders(headers, name => name !== 'if-none-match')
  const answer = await send(kinto.dispatcher, kinto.origin, { method: 'PUT', path: target, headers: [...others, ...createOnly], body, timeoutMs: kinto.timeoutMs })
  return answer.status === 412 && own.length === 0 ? errorReply(existsAlready(), session.common, log) : kintoReply(answer)
}

function streamOf (body: Buffer): Readable | undefined {
  return body.length === 0 ? undefined : Readable.from(body)
}
