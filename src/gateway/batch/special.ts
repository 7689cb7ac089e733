import { KintoSession } from '../../kinto/session.ts'
import { handleAnswer, type AnswerHandlerOptions } from '../answer.ts'
import type { GuardedWrite } from '../classify.ts'
import { judgeDeletion, judgeWrite } from '../guard/guard.ts'
import { errorReply } from '../reply.ts'
import type { SubRequest } from './effective.ts'
import { entryOf, type Entry } from './entry.ts'
import { shownPath, targetOf, type Special } from './plan.ts'
import { sendRun, type BatchExchange, type RunOutcome } from './run.ts'
import { bodyOf, headersOf, withHeaders } from './sub-request.ts'

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
    const conditions = write.what === 'records' ? await judgeDeletion(asked, write.ref, session) : await judgeWrite(asked, write.ref, session)
    return await sendRun([withHeaders(request, conditions)], exchange, options)
  } catch (error) {
    return alone(entryOf(shownPath(request, exchange.version), request.method, errorReply(error, session.common, options.log)))
  }
}

function alone (entry: Entry): RunOutcome {
  return { entries: [entry], headers: [] }
}
