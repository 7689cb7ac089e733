import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from 'fastify'
import { admin } from './admin/admin.ts'
import { Metrics } from './admin/metrics.ts'
import { Readiness } from './admin/readiness.ts'
import { Activities } from './answer/activities.ts'
import { Answers } from './answer/answers.ts'
import { Backlog } from './answer/backlog.ts'
import { Heartbeats } from './answer/heartbeats.ts'
import type { Unsaved } from './answer/held.ts'
import { inScope } from './answer/scope.ts'
import type { Settings } from './config/config.ts'
import { announcedViews, viewPath } from './gateway/announce/route.ts'
import { inspectBatches } from './gateway/batch/inspect.ts'
import { Bodies } from './gateway/body.ts'
import { classify } from './gateway/classify.ts'
import { clientLeft } from './gateway/failures.ts'
import { acceptMethods, serverOptions } from './gateway/http.ts'
import { passThrough, pathOfBatch, relayRoute } from './gateway/pass-through.ts'
import { errorReply, send } from './gateway/reply.ts'
import { requestId } from './gateway/request.ts'
import { answerPath, subResource } from './gateway/sub-resource.ts'
import { UnderWay } from './gateway/under-way.ts'
import { openHeaders } from './kinto/cors.ts'
import { apiVersion, type RecordRef } from './kinto/paths.ts'
import { KintoSession } from './kinto/session.ts'
import { createUpstream } from './kinto/upstream.ts'
import { createStepFunctions } from './stepfunctions/clients.ts'
import { namedRegions } from './stepfunctions/endpoints.ts'

/** The service, ready to listen. */
export interface Service {
  gateway: FastifyInstance
  admin: FastifyInstance
  /** Begins what goes on in the background: polls of the configured activities, and heartbeats. */
  begin: () => void
  /** Ends what is under way, open polls included (up to some 65 s). @returns the tasks whose tokens could not be saved. */
  stop: () => Promise<Unsaved[]>
}

// Steps that want heartbeats must not wait for a Kinto that is silent.
const heartbeatLookMs = 5_000

// 64 of the largest answers, and 12 of the largest batches: some 300 MiB while the last of them is read.
const maxAnswerBytes = 64 * 1024 * 1024
const maxBatchBytes = 192 * 1024 * 1024

/** Bounds in milliseconds. */
export interface Times {
  /** A whole answer: most proxies give up after 60 s, and then nobody learns what became of it. */
  requestMs: number
  /** A stop: longer than any answer or poll takes, shorter than the 75 s that orchestrators grant. */
  stopMs: number
}

const usualTimes: Times = { requestMs: 55_000, stopMs: 67_000 }

/** Puts the service together. Nothing is listened on and nothing is sent yet. */
export async function createService (settings: Settings, log: FastifyBaseLogger, { requestMs, stopMs } = usualTimes): Promise<Service> {
  const { resources, kintoAuthorization, trustProxy, aws } = settings
  const underWay = new UnderWay()
  const metrics = new Metrics({
    requestsInFlight: () => underWay.size,
    pollsOpen: () => stepFunctions.polls.open,
    heldSince: () => activities.held().map(({ takenAt }) => takenAt)
  })
  const upstream = createUpstream({ origin: settings.kintoUrl, timeoutMs: settings.kintoTimeoutSeconds * 1000, ca: settings.kintoCa?.certificates, observe: metrics.upstreamAnswered })
  const stepFunctions = createStepFunctions({
    observe: metrics.awsCalled,
    timeoutMs: settings.awsTimeoutSeconds * 1000,
    endpoint: aws.endpointUrl,
    credentials: aws.accessKey === undefined || aws.secretKey === undefined ? undefined : { accessKeyId: aws.accessKey, secretAccessKey: aws.secretKey }
  })
  const regions = namedRegions({ region: aws.region, activities: settings.activities, allowedArns: settings.allowedArns })
  const health = stepFunctions.health({ endpoint: aws.endpointUrl, regions, log })
  const kinto = { dispatcher: upstream.dispatcher, origin: settings.kintoUrl, timeoutMs: settings.kintoTimeoutSeconds * 1000 }
  const own = kintoAuthorization === undefined ? undefined : (timeLeft = kinto.timeoutMs) => new KintoSession(kinto, ['Authorization', kintoAuthorization], () => timeLeft)
  const policy = { allowedArns: settings.allowedArns, region: aws.region }
  const activities = new Activities({ polls: stepFunctions.polls, own, resources, waitMs: settings.activityWaitSeconds * 1000, log })
  const backlog = own === undefined ? undefined : new Backlog({ own, log })
  const heartbeats = own === undefined ? undefined : new Heartbeats({ own: () => own(heartbeatLookMs), stepFunctions, resources, policy, held: () => activities.held(), log })
  const answers = new Answers({ stepFunctions, activities, backlog, policy, ownAuthorization: kintoAuthorization, log })
  const isOurs = (ref: RecordRef): boolean => {
    if (inScope(resources, ref)) return true
    log.warn({ bucket: ref.bucket, collection: ref.collection }, 'an answer to a record outside of stepfunction.resources is left to Kinto')
    return false
  }

  const gateway: FastifyInstance = Fastify({
    ...serverOptions(underWay),
    // Not `loggerInstance`: Fastify would say of each listener that it listens.
    childLoggerFactory: (_silent, bindings, options) => log.child(bindings, options),
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: requestId,
    // The client's own path goes past Fastify's router, which would decode and refuse some of it.
    rewriteUrl: ({ url = '', method = '' }) => {
      const target = classify(method, url)
      if (target.kind === 'announced') return viewPath(target.view)
      if (target.kind === 'answer' && isOurs(target)) return answerPath(target)
      return target.kind === 'batch' ? pathOfBatch(target.version) : relayRoute
    }
  })
  acceptMethods(gateway)
  underWay.watch(gateway)
  gateway.addHook('onResponse', ({ url, method }, { raw: { statusCode } }, done) => {
    metrics.request(url === relayRoute ? 'relayed' : url.split('/', 2).join(''), method, statusCode)
    done()
  })
  gateway.setErrorHandler((error, { id, method }, reply) => {
    if (!clientLeft(error)) return send(reply, errorReply(error, openHeaders, log.child({ reqId: id })))
    log.info({ reqId: id, method }, 'a client left before its request was answered')
    return reply.code(499).send()
  })
  const forwarding = { upstream: settings.kintoUrl, dispatcher: upstream.dispatcher, trustProxy }
  const answering = { requestMs, bodies: new Bodies(maxAnswerBytes), trustProxy, kinto, answers, stepFunctions, policy, log, observeAnswer: metrics.answered }
  await gateway.register(passThrough, { ...forwarding, inspect: inspectBatches({ ...answering, batchBodies: new Bodies(maxBatchBytes), isOurs }) })
  await gateway.register(subResource, answering)
  await gateway.register(announcedViews, { requestMs, trustProxy, kinto, health, resources, log })
  const readiness = new Readiness({ kinto, health })
  const adminApp = await admin({ readiness, metrics, log })

  return {
    gateway,
    admin: adminApp,
    begin () {
      heartbeats?.start()
      for (const activity of settings.activities) activities.watch({ ...activity, version: apiVersion })
    },
    async stop () {
      readiness.stop()
      // A client that stopped sending, or reading, would hold it up for ever.
      const cut = setTimeout(() => { gateway.server.closeAllConnections() }, stopMs)
      await Promise.all([activities.stopPolling(), gateway.close()])
      const unsaved = await activities.drain()
      clearTimeout(cut)
      await Promise.all([heartbeats?.stop(), backlog?.stop()])
      await Promise.all([adminApp.close(), upstream.close()])
      stepFunctions.close()
      return unsaved
    }
  }
}
