import type { FastifyBaseLogger, FastifyInstance } from 'fastify'
import type { Settings } from './config/config.ts'
import type { SubResource } from './gateway/classify.ts'
import { Views } from './gateway/announce/views.ts'
import { createGateway } from './gateway/gateway.ts'
import { Bodies } from './gateway/http/body.ts'
import { serverOptions } from './gateway/http/server.ts'
import { inspect } from './gateway/inspect.ts'
import { kindsOf } from './gateway/kinds.ts'
import { inScope } from './kinto/resources.ts'
import type { Parts } from './parts.ts'
import { Shares } from './shares.ts'
import { Turns } from './wait.ts'

// Room for 64 answers, 32 questions and 10 batches, each of the largest size: some 300 MiB while
// the last of them is read.
const maxAnswerBytes = 64 * 1024 * 1024
const maxQuestionBytes = 32 * 1024 * 1024
const maxBatchBytes = 160 * 1024 * 1024
// The first 64 KiB of all other bodies, until Kinto takes them.
const maxHeadBytes = 64 * 1024 * 1024

/**
 * Makes the listener for Kinto's clients from the parts: here stands what each kind of request
 * gets; `inspect` has the switch. A request may take `requestMs`.
 */
export async function createRoutes(
  { kintoUrl, resources, trustProxy, clientIdleSeconds }: Settings,
  parts: Parts,
  log: FastifyBaseLogger,
  requestMs: number
): Promise<FastifyInstance> {
  const { metrics, pipeline, kinto, stepFunctions, health } = parts
  const { reader, callers, answers, asks, inbox, forms, overNotes } = parts
  const reading = { idleMs: clientIdleSeconds * 1000, turns: new Turns() }
  const bodies = (size: number): Bodies => new Bodies({ size, share: size / 4 }, reading)
  const isOurs = ({ ref }: SubResource): boolean => inScope(resources, ref)
  const subResources = {
    kinto: kinto.own,
    answering: {
      answers,
      stepFunctions,
      reader,
      forms,
      overNotes,
      observeAnswer: metrics.answered
    },
    asking: { asks, observeAsk: metrics.asked }
  }
  const serving = {
    subResource: {
      requestMs,
      trustProxy,
      callers,
      bodies: { answer: bodies(maxAnswerBytes), ask: bodies(maxQuestionBytes) },
      subResources
    },
    inbox: { requestMs, trustProxy, endpoint: { kinto: kinto.shared, inbox } },
    batch: {
      requestMs,
      trustProxy,
      callers,
      bodies: bodies(maxBatchBytes),
      isOurs,
      batches: { sharedKinto: kinto.shared, subResources }
    },
    view: {
      requestMs,
      trustProxy,
      views: new Views({ kinto: kinto.shared, health, resources, log })
    }
  }
  return await createGateway({
    listening: serverOptions(pipeline),
    passing: {
      upstream: kintoUrl,
      dispatcher: kinto.shared.dispatcher,
      reading,
      callers,
      heads: new Shares({ size: maxHeadBytes, share: maxHeadBytes / 4 }),
      trustProxy
    },
    pipeline,
    kinds: kindsOf(isOurs, log),
    inspect: (kind, request, reply) => inspect(kind, request, reply, serving),
    observe: metrics.request,
    log
  })
}
