import { handleAnswer, type AnswerHandlerOptions } from '../answer.ts'
import { errorReply, type Reply } from '../reply.ts'
import type { SubRequest } from './effective.ts'
import { entryOf, type Entry } from './entry.ts'
import type { Special } from './find.ts'
import type { BatchExchange } from './run.ts'
import { bodyOf, headersOf, shownPath } from './sub-request.ts'

/**
 * Carries out a request in a batch that is the service's business: as by itself, but that nobody
 * waits for a task. Never throws.
 */
export async function carryOutSpecial (
  request: SubRequest,
  special: Special,
  exchange: BatchExchange,
  options: AnswerHandlerOptions
): Promise<Entry> {
  const reply = await replyTo(request, special, exchange, options)
  return entryOf(shownPath(request.path, exchange.version), request.method, reply)
}

async function replyTo (
  request: SubRequest,
  { answer: ref }: Special,
  { headers, clientGone, timeLeft }: BatchExchange,
  options: AnswerHandlerOptions
): Promise<Reply> {
  try {
    return await handleAnswer({
      method: request.method,
      ref,
      headers: headersOf(request, headers),
      body: bodyOf(request),
      clientGone,
      timeLeft,
      mayWait: false
    }, options)
  } catch (error) {
    return errorReply(error, [], options.log)
  }
}
