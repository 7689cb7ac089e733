import type { Answers } from '../answer/answers.ts'
import { readState, type StateOptions } from '../answer/state.ts'
import { jsonObject } from '../kinto/client.ts'
import { methodNotAllowed, unsupportedMediaType, type Refusal } from '../kinto/errors.ts'
import { headerValues, selectHeaders } from '../kinto/headers.ts'
import { recordPath, type RecordRef } from '../kinto/paths.ts'
import { KintoSession, type Kinto } from '../kinto/session.ts'
import { endToEndHeaders } from './headers.ts'
import { errorReply, jsonReply, kintoReply, type Reply } from './reply.ts'

/** A request for the sub-resource, as a value. Headers are a flat list, those that the pass-through would send. */
export interface Exchange {
  method: string
  ref: RecordRef
  headers: string[]
  /** Empty for all methods but POST. */
  body: Uint8Array
  /** Aborted when the client has left. */
  clientGone: AbortSignal
  /** Milliseconds that the request has left. */
  timeLeft: () => number
  /** Whether a POST may wait for the task of the record's activity. */
  mayWait: boolean
}

export interface AnswerHandlerOptions extends StateOptions {
  kinto: Kinto
  answers: Answers
  /** Told what became of each POST: `accepted`, `already_applied`, `refused` (4xx), `failed` (5xx). */
  observeAnswer: (outcome: string) => void
}

/** What the sub-resource does for each of its methods; all else is refused. */
const methods = ['GET', 'HEAD', 'POST', 'OPTIONS'] as const

const requestMethod = 'Access-Control-Request-Method'

/** A method that Kinto's records do not have. */
const foreign = 'POST'

/** Answers every request for the sub-resource. Never throws: whatever goes wrong becomes the reply. */
export async function handleAnswer (exchange: Exchange, options: AnswerHandlerOptions): Promise<Reply> {
  const session = new KintoSession(options.kinto, exchange.headers, exchange.timeLeft)
  try {
    switch (exchange.method) {
      case 'POST':
        return await answer(exchange, session, options)
      case 'GET':
      case 'HEAD':
        return await state(exchange, session, options)
      case 'OPTIONS':
        return await preflight(exchange, session)
      default:
        throw await notAllowed(exchange, session)
    }
  } catch (error) {
    if (exchange.clientGone.aborted) return nobodyIsThere(exchange, options)
    return notTaken(exchange, errorReply(error, session.common, options.log), options)
  }
}

async function answer ({ ref, headers, body, clientGone, timeLeft, mayWait }: Exchange, session: KintoSession, { answers, log, observeAnswer }: AnswerHandlerOptions): Promise<Reply> {
  const begun = performance.now()
  requireJson(headerValues(headers, 'content-type')[0])
  const taken = await answers.take({ ref, session, body, ifMatch: headerValues(headers, 'if-match'), clientGone, timeLeft, mayWait })
  const { outcome, decision, record, permissions } = taken
  const { answer, answeredBy, answeredAt } = decision
  observeAnswer(outcome)
  log.info({ ref, outcome, answer, answeredBy, ms: Math.round(performance.now() - begun) }, 'answered')
  const { data } = jsonObject(record)
  return jsonReply(200, endToEndHeaders(record.headers), { data, permissions, stepfunction: { outcome, answer, answeredBy, answeredAt } })
}

async function state ({ ref, timeLeft }: Exchange, session: KintoSession, options: AnswerHandlerOptions): Promise<Reply> {
  const data = await readState(session, ref, timeLeft, options)
  return jsonReply(200, [...session.common, 'Cache-Control', 'no-cache, no-store'], { data })
}

function notTaken ({ method, ref }: Exchange, reply: Reply, { log, observeAnswer }: AnswerHandlerOptions): Reply {
  if (method !== 'POST') return reply
  observeAnswer(reply.status < 500 ? 'refused' : 'failed')
  log.info({ ref, status: reply.status }, 'an answer was not taken')
  return reply
}

function nobodyIsThere ({ ref }: Exchange, { log }: AnswerHandlerOptions): Reply {
  log.info({ ref }, 'a client left before its answer was taken')
  return { status: 499, headers: [], body: '' }
}

/** Kinto does not know the sub-resource, so it is asked for its policy on the record, and our methods are put in. */
async function preflight ({ ref, headers }: Exchange, session: KintoSession): Promise<Reply> {
  const [wanted] = headerValues(headers, 'access-control-request-method')
  const known = methods.some(method => method === wanted)
  const reply = kintoReply(await session.options(recordPath(ref), wanted === undefined ? [] : [requestMethod, known ? 'PATCH' : foreign]))
  const others = selectHeaders(reply.headers, name => name !== 'access-control-allow-methods')
  return others.length === reply.headers.length ? reply : { ...reply, headers: [...others, 'Access-Control-Allow-Methods', methods.join(',')] }
}

/** Kinto's refusal of a preflight carries the headers of its 405, and unlike another method it can change nothing. */
async function notAllowed ({ ref }: Exchange, session: KintoSession): Promise<Refusal> {
  await session.options(recordPath(ref), [requestMethod, foreign])
  return methodNotAllowed(methods.join(', '))
}

// Browsers send forms across sites without asking, so nothing but JSON is taken, even if its body would parse.
function requireJson (contentType: string | undefined): void {
  const [type = ''] = (contentType ?? '').split(';', 1)
  if (type.trim().toLowerCase() === 'application/json') return
  throw unsupportedMediaType("Content-Type header should be application/json. With curl: -H 'Content-Type: application/json'")
}
