import type { Answers } from '../../answer/answers.ts'
import type { OverNotes } from '../../answer/record/over-notes.ts'
import type { RecordReader } from '../../answer/record/reader.ts'
import { readState } from '../../answer/state.ts'
import { jsonObject } from '../../kinto/client.ts'
import { commonHeaders } from '../../kinto/cors.ts'
import { recordPath, type RecordRef } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import type { Forms } from '../../form/forms.ts'
import type { StepFunctions } from '../../stepfunctions/clients.ts'
import { endToEndHeaders } from '../http/headers.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { Endpoint } from './endpoint.ts'
import type { SubResourceRequest } from './handle.ts'

export interface AnswerEndpointOptions {
  answers: Answers
  stepFunctions: StepFunctions
  reader: RecordReader
  forms: Forms
  overNotes: OverNotes
  /** Told how each POST ended: `accepted`, `already_applied`, `refused` (4xx), `failed` (5xx). */
  observeAnswer: (outcome: string) => void
}

/**
 * The sub-resource of a record: POST answers it, GET tells how its step stands.
 * @throws UnsafeSegmentError
 */
export function answerEndpoint(
  ref: RecordRef,
  options: AnswerEndpointOptions
): Endpoint<SubResourceRequest> {
  const state = async (request: SubResourceRequest, session: KintoSession): Promise<Reply> => {
    const { log } = request
    const { state, headers } = await readState({ ...request, ref, session }, { ...options, log })
    return jsonReply(200, [...commonHeaders(headers), 'Cache-Control', 'no-cache, no-store'], {
      data: state
    })
  }
  return {
    path: recordPath(ref),
    supported: 'PATCH',
    unsupported: 'POST',
    methods: new Map([
      ['GET', state],
      ['HEAD', state],
      ['POST', (request, session) => answer(ref, request, session, options)]
    ]),
    failed({ status }, log) {
      options.observeAnswer(status < 500 ? 'refused' : 'failed')
      log.info({ ref, status }, 'an answer was not taken')
    }
  }
}

async function answer(
  ref: RecordRef,
  request: SubResourceRequest,
  session: KintoSession,
  { answers, observeAnswer }: AnswerEndpointOptions
): Promise<Reply> {
  const begun = performance.now()
  const taken = await answers.take({ ...request, ref, session })
  const { outcome, decision, record, permissions } = taken
  const { answer, choice, answeredBy, answeredAt } = decision
  observeAnswer(outcome)
  request.log.info(
    { ref, outcome, answer, choice, answeredBy, ms: Math.round(performance.now() - begun) },
    'answered'
  )
  const { data } = jsonObject(record)
  return jsonReply(200, endToEndHeaders(record.headers), {
    data,
    permissions,
    stepfunction: { outcome, answer, choice, answeredBy, answeredAt }
  })
}
