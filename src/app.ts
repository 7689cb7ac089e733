import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { admin } from './admin/admin.ts'
import { Metrics } from './admin/metrics.ts'
import { Readiness } from './admin/readiness.ts'
import type { UnsavedSummary } from './answer/activities/unsaved.ts'
import { inScope } from './kinto/resources.ts'
import type { Settings } from './config/config.ts'
import { announcedViews, viewPath } from './gateway/announce/route.ts'
import { inspectBatches } from './gateway/batch/inspect.ts'
import { Bodies } from './gateway/http/body.ts'
import { classify, type SubResource } from './gateway/classify.ts'
import { clientLeft } from './gateway/http/failures.ts'
import { acceptMethods, serverOptions } from './gateway/http/server.ts'
import { passThrough, pathOfBatch, relayRoute } from './gateway/pass-through.ts'
import { errorReply, send } from './gateway/http/reply.ts'
import { requestId } from './gateway/http/request.ts'
import { subResourcePath, subResources } from './gateway/sub-resource/route.ts'
import { RequestPipeline } from './gateway/http/pipeline.ts'
import { openHeaders } from './kinto/cors.ts'
import { apiVersion } from './kinto/paths.ts'
import { createParts } from './parts.ts'
import { Turns } from './wait.ts'

/** The service, ready to listen. */
export interface Service {
  gateway: FastifyInstance
  admin: FastifyInstance
  /** Begins the work in the background: polls of the configured activities, and rounds. */
  begin: () => void
  /**
   * Ends what is under way, open polls included (up to some 65 s).
   * @returns the tasks whose tokens could not be saved
   */
  stop: () => Promise<UnsavedSummary[]>
}

// Room for 64 answers, 32 questions and 10 batches, each of the largest size: some 300 MiB while
// the last of them is read.
const maxAnswerBytes = 64 * 1024 * 1024
const maxQuestionBytes = 32 * 1024 * 1024
const maxBatchBytes = 160 * 1024 * 1024

/** Bounds in milliseconds. */
export interface Times {
  /** A whole request. Most proxies give up after 60 s, and then nobody learns how it ended. */
  requestMs: number
  /** A stop: longer than any request or poll, shorter than the 75 s that orchestrators grant. */
  stopMs: number
}

const usualTimes: Times = { requestMs: 55_000, stopMs: 67_000 }

/** Puts the service together. It does not listen yet, and nothing is sent. */
export async function createService(
  settings: Settings,
  log: FastifyBaseLogger,
  { requestMs, stopMs } = usualTimes
): Promise<Service> {
  const { resources, trustProxy } = settings
  const pipeline = new RequestPipeline()
  const metrics: Metrics = new Metrics({
    requestsInFlight: () => pipeline.size,
    pollsOpen: () => stepFunctions.polls.open,
    unsavedSince: () => activities.unsaved().map(({ takenAt }) => takenAt)
  })
  const parts = createParts(settings, metrics, log)
  const { kinto, sharedKinto, stepFunctions, health, reader, activities, backlog, rounds } = parts
  const reading = { idleMs: settings.clientIdleSeconds * 1000, turns: new Turns() }
  const isOurs = ({ ref }: SubResource): boolean => inScope(resources, ref)
  const isServed = (target: SubResource): boolean => {
    if (isOurs(target)) return true
    const {
      kind,
      ref: { bucket, collection }
    } = target
    log.warn(
      { bucket, collection },
      kind === 'answer'
        ? 'an answer to a record outside of stepfunction.resources is left to Kinto'
        : 'a question in a collection outside of stepfunction.resources is left to Kinto'
    )
    return false
  }

  const gateway: FastifyInstance = Fastify({
    ...serverOptions(pipeline),
    // With `loggerInstance` Fastify would write a line for each listener.
    childLoggerFactory: (_silent, bindings, options) => log.child(bindings, options),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    // Fastify's router never reads the client's own path: it would decode and refuse some paths.
    rewriteUrl: ({ url = '', method = '' }) => {
      const target = classify(method, url)
      if (target.kind === 'announced') return viewPath(target.view)
      if ((target.kind === 'answer' || target.kind === 'ask') && isServed(target))
        return subResourcePath(target)
      return target.kind === 'batch' ? pathOfBatch(target.version) : relayRoute
    }
  })
  acceptMethods(gateway)
  pipeline.watch(gateway)
  gateway.addHook('onResponse', ({ url, method }, { raw: { statusCode } }, done) => {
    metrics.request(url === relayRoute ? 'relayed' : url.split('/', 2).join(''), method, statusCode)
    done()
  })
  gateway.setErrorHandler((error, { id, method }, reply) => {
    if (!clientLeft(error))
      return send(reply, errorReply(error, openHeaders, log.child({ reqId: id })))
    log.info({ reqId: id, method }, 'a client left before its request was answered')
    return reply.code(499).send()
  })
  const bodies = (size: number): Bodies => new Bodies({ size, share: size / 4 }, reading)
  const forwarding = {
    upstream: settings.kintoUrl,
    dispatcher: sharedKinto.dispatcher,
    reading,
    trustProxy
  }
  const answering = {
    requestMs,
    trustProxy,
    kinto,
    stepFunctions,
    reader,
    log,
    callers: parts.callers,
    answers: parts.answers,
    asks: parts.asks,
    bodies: {
      answer: bodies(maxAnswerBytes),
      ask: bodies(maxQuestionBytes)
    },
    observeAnswer: metrics.answered,
    observeAsk: metrics.asked
  }
  const inspect = inspectBatches({
    ...answering,
    sharedKinto,
    batchBodies: bodies(maxBatchBytes),
    isOurs
  })
  await gateway.register(passThrough, { ...forwarding, inspect })
  await gateway.register(subResources, answering)
  await gateway.register(announcedViews, {
    requestMs,
    trustProxy,
    kinto: sharedKinto,
    health,
    resources,
    log
  })
  const readiness = new Readiness({ kinto, health })
  const adminApp = await admin({ readiness, metrics, hosts: settings.adminHosts, log })

  return {
    gateway,
    admin: adminApp,
    begin() {
      rounds?.start()
      for (const activity of settings.activities)
        activities.watch({ ...activity, version: apiVersion })
    },
    async stop() {
      readiness.stop()
      // A client that stopped sending, or reading, would hold the stop up for ever.
      const cut = setTimeout(() => {
        gateway.server.closeAllConnections()
      }, stopMs)
      await Promise.all([activities.stopPolling(), gateway.close()])
      const unsaved = await activities.drain()
      clearTimeout(cut)
      await Promise.all([rounds?.stop(), backlog.stop()])
      await Promise.all([adminApp.close(), parts.closeKinto()])
      stepFunctions.close()
      return unsaved
    }
  }
}
