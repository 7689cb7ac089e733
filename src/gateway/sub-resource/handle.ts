import type { Kinto } from '../../kinto/session.ts'
import type { SubResource } from '../classify.ts'
import type { Reply } from '../http/reply.ts'
import { answerEndpoint, type AnswerEndpointOptions } from './answer.ts'
import { askEndpoint, type AskEndpointOptions } from './ask.ts'
import { handleEndpoint, type Endpoint, type EndpointRequest } from './endpoint.ts'

/** A request for a sub-resource, as a value. */
export interface SubResourceRequest extends EndpointRequest {
  target: SubResource
  /**
   * Reads the whole body.
   * @throws Refusal 413, 503
   */
  readBody: () => Promise<Uint8Array>
  /** Whether an answer may wait for the task of the record's activity. */
  mayWait: boolean
}

export interface SubResourceOptions {
  kinto: Kinto
  answering: AnswerEndpointOptions
  asking: AskEndpointOptions
}

/** Handles every request for a sub-resource. Never throws: a failure becomes the reply. */
export async function handleSubResource(
  request: SubResourceRequest,
  { kinto, answering, asking }: SubResourceOptions
): Promise<Reply> {
  const { target, log } = request
  const open = (): Endpoint<SubResourceRequest> =>
    target.kind === 'answer'
      ? answerEndpoint(target.ref, answering)
      : askEndpoint(target.ref, asking)
  return await handleEndpoint(request, kinto, open, () => {
    log.info({ ref: target.ref }, 'a client left before its answer was taken')
  })
}
