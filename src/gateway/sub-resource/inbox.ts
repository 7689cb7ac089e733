import type { Inbox } from '../../inbox/inbox.ts'
import { commonHeaders } from '../../kinto/cors.ts'
import { headerPairs, headerValues } from '../../kinto/headers.ts'
import { rootPath } from '../../kinto/paths.ts'
import type { Kinto, KintoSession } from '../../kinto/session.ts'
import type { Inbox as InboxTarget } from '../classify.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import { handleEndpoint, type Endpoint, type EndpointRequest } from './endpoint.ts'

/** A request for the inbox, as a value. */
export interface InboxRequest extends EndpointRequest {
  target: InboxTarget
}

export interface InboxEndpointOptions {
  kinto: Kinto
  inbox: Inbox
}

/** Handles every request for the inbox. Never throws: a failure becomes the reply. */
export async function handleInbox(
  request: InboxRequest,
  { kinto, inbox }: InboxEndpointOptions
): Promise<Reply> {
  const { target, log } = request
  const open = (): Endpoint<InboxRequest> => inboxEndpoint(target, inbox)
  return await handleEndpoint(request, kinto, open, () => {
    log.info('a client left before it had its inbox')
  })
}

function inboxEndpoint({ version, query }: InboxTarget, inbox: Inbox): Endpoint<InboxRequest> {
  const show = async ({ headers }: InboxRequest, session: KintoSession): Promise<Reply> => {
    const tags = headerValues(headers, 'if-none-match')
    const hasSeen = tags.length === 0 ? undefined : (etag: string) => isAmong(tags.join(), etag)
    const shown = await inbox.look({ version, query, session, hasSeen })
    const { etag, list } = shown
    const common = [
      ...exposing(commonHeaders(shown.headers)),
      'Cache-Control',
      'no-cache, no-store',
      'ETag',
      etag
    ]
    return list === undefined
      ? { status: 304, headers: common, body: '' }
      : jsonReply(200, [...common, 'Total-Objects', String(list.total)], { data: list.entries })
  }
  return {
    path: rootPath(version),
    supported: 'GET',
    unsupported: 'POST',
    methods: new Map([
      ['GET', show],
      ['HEAD', show]
    ]),
    failed() {}
  }
}

/** Whether `If-None-Match` names this entity tag (RFC 9110 §13.1.2). */
function isAmong(tags: string, etag: string): boolean {
  return tags.split(',').some(tag => ['*', etag].includes(tag.trim().replace(/^W\//, '')))
}

/** Kinto's CORS headers, with those of a list for web pages to read. */
function exposing(headers: readonly string[]): string[] {
  return headerPairs(headers).flatMap(([name, value]) => [
    name,
    name.toLowerCase() === 'access-control-expose-headers' ? `${value}, ETag, Total-Objects` : value
  ])
}
