import type { SubResource } from '../classify.ts'
import { errorReply, type Reply } from '../http/reply.ts'
import { handleSubResource, type SubResourceOptions } from '../sub-resource/handle.ts'
import type { SubRequest } from './effective.ts'
import { entryOf, type Entry } from './entry.ts'
import type { BatchRequest } from './run.ts'
import { bodyOf, headersOf, shownPath } from './sub-request.ts'

/**
 * Carries out a batch's request for a sub-resource, as if the request came alone. Only, it does not
 * wait for a task. Never throws.
 */
export async function carryOutOurs(
  request: SubRequest,
  target: SubResource,
  batch: BatchRequest,
  subResources: SubResourceOptions
): Promise<Entry> {
  const reply = await replyTo(request, target, batch, subResources)
  return entryOf(shownPath(request.path, batch.version), request.method, reply)
}

async function replyTo(
  request: SubRequest,
  target: SubResource,
  { headers, clientGone, timeLeft, log }: BatchRequest,
  subResources: SubResourceOptions
): Promise<Reply> {
  try {
    return await handleSubResource(
      {
        method: request.method,
        target,
        headers: headersOf(request, headers),
        readBody: async () => bodyOf(request),
        clientGone,
        timeLeft,
        mayWait: false,
        log
      },
      subResources
    )
  } catch (error) {
    return errorReply(error, [], log)
  }
}
