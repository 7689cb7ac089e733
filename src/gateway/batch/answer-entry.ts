import { validateHeaderName, validateHeaderValue } from 'node:http'
import { invalid } from '../../kinto/errors.ts'
import { headerNames, selectHeaders } from '../../kinto/headers.ts'
import type { RecordRef } from '../../kinto/paths.ts'
import { handleAnswer, type AnswerHandlerOptions } from '../answer.ts'
import { subRequestHeaders } from '../headers.ts'
import { errorReply, type Reply } from '../reply.ts'
import type { SubRequest } from './effective.ts'
import { entryOf, type Entry } from './entry.ts'
import { shownPath } from './plan.ts'
import type { BatchExchange } from './run.ts'

/** Answers one request for the sub-resource in a batch: as it would be answered by itself, but that nobody waits for a task. */
export async function answerEntry (part: { answer: SubRequest, ref: RecordRef }, exchange: BatchExchange, options: AnswerHandlerOptions): Promise<Entry> {
  const { method } = part.answer
  return entryOf(shownPath(part.answer, exchange.version), method, await reply(part, exchange, options))
}

async function reply ({ answer, ref }: { answer: SubRequest, ref: RecordRef }, { headers, clientGone, timeLeft }: BatchExchange, options: AnswerHandlerOptions): Promise<Reply> {
  try {
    const body = Buffer.from(Object.keys(answer.body ?? {}).length === 0 ? '' : JSON.stringify(answer.body))
    return await handleAnswer({ method: answer.method, ref, headers: headersOf(answer, headers, body.length > 0), body, clientGone, timeLeft, mayWait: false }, options)
  } catch (error) {
    return errorReply(error, [], options.log)
  }
}

/** The batch's headers apply to all of its requests, and theirs go before (`kinto/core/utils.py`, build_request). */
function headersOf (request: SubRequest, batch: string[], hasBody: boolean): string[] {
  const own = subRequestHeaders(Object.entries(request.headers).flat())
  requireSendable(own)
  const names = headerNames(own)
  const all = [...selectHeaders(batch, name => !names.has(name) && name !== 'content-length'), ...own]
  return hasBody ? [...selectHeaders(all, name => name !== 'content-type'), 'Content-Type', 'application/json; charset=utf-8'] : all
}

function requireSendable (headers: string[]): void {
  for (const [index, text] of headers.entries()) {
    try {
      if (index % 2 === 0) validateHeaderName(text)
      else validateHeaderValue('value', text)
    } catch {
      throw invalid('header', 'headers', 'A header of this request cannot be sent.')
    }
  }
}
