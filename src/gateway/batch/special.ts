import { headerValues, selectHeaders } from '../../kinto/headers.ts'
import { isJsonObject } from '../../kinto/json.ts'
import { KintoSession } from '../../kinto/session.ts'
import { handleAnswer, type AnswerHandlerOptions } from '../answer.ts'
import type { GuardedWrite } from '../classify.ts'
import { createOnly, existsAlready, judgeDeletion, judgeWrite } from '../guard/guard.ts'
import { errorReply } from '../reply.ts'
import type { SubRequest } from './effective.ts'
import { entryOf, type Entry } from './entry.ts'
import { shownPath, targetOf, type Special } from './plan.ts'
import { sendRun, type BatchExchange, type RunOutcome } from './run.ts'
import { bodyOf, headersInDoubt, headersOf, withHeaders } from './sub-request.ts'

/** Carries out a request in a batch that is the service's business: as by itself, but that nobody waits for a task. Never throws. */
export async function carryOutSpecial (request: SubRequest, special: NonNullable<Special>, exchange: BatchExchange, options: AnswerHandlerOptions): Promise<RunOutcome> {
  try {
    const headers = headersOf(request, exchange.headers)
    if ('write' in special) return await carryOutWrite(request, special.write, { ...exchange, headers }, exchange, options)
    const { clientGone, timeLeft } = exchange
    const reply = await handleAnswer({ method: request.method, ref: special.answer, headers, body: bodyOf(request), clientGone, timeLeft, mayWait: false }, options)
    return alone(entryOf(shownPath(request, exchange.version), request.method, reply))
  } catch (error) {
    return alone(entryOf(shownPath(request, exchange.version), request.method, errorReply(error, [], options.log)))
  }
}

async function carryOutWrite (request: SubRequest, write: GuardedWrite, own: BatchExchange, exchange: BatchExchange, options: AnswerHandlerOptions): Promise<RunOutcome> {
  const session = new KintoSession(options.kinto, own.headers, own.timeLeft)
  const asked = { method: request.method, target: targetOf(request, exchange.version), headers: own.headers, body: bodyOf(request) }
  try {
    const doubt = headersInDoubt(request)
    if (doubt !== undefined) throw doubt
    const conditions = write.what === 'records' ? await judgeDeletion(asked, write.ref, session) : await judgeWrite(asked, write.ref, session)
    const outcome = await sendRun([withHeaders(request, conditions)], { ...exchange, headers: selectHeaders(exchange.headers, name => !/^if[-_]/.test(name)) }, options)
    if (conditions === createOnly && headerValues(own.headers, 'if-none-match').length === 0 && isPreconditionFailed(outcome)) throw existsAlready()
    return outcome
  } catch (error) {
    return alone(entryOf(shownPath(request, exchange.version), request.method, errorReply(error, session.common, options.log)))
  }
}

function isPreconditionFailed (outcome: RunOutcome): boolean {
  return 'entries' in outcome && outcome.entries.some(entry => isJsonObject(entry) && JSON.stringify(entry['status']) === '412')
}

function alone (entry: Entry): RunOutcome {
  return { entries: [entry], headers: [] }
}
