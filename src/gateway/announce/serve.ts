import type { FastifyRequest } from 'fastify'
import { deadline } from '../../wait.ts'
import { originForm, type View } from '../classify.ts'
import type { Reply } from '../http/reply.ts'
import { headersForKinto } from '../http/request.ts'
import type { Views } from './views.ts'

export interface ServeViewOptions {
  /** Milliseconds that a whole request may take. */
  requestMs: number
  trustProxy: boolean
  views: Views
}

/** Serves one of Kinto's utility views over HTTP. */
export async function serveView(
  view: View,
  request: FastifyRequest,
  { requestMs, trustProxy, views }: ServeViewOptions
): Promise<Reply> {
  const viewRequest = {
    view,
    target: originForm(request.originalUrl),
    headers: headersForKinto(request, trustProxy),
    timeLeft: deadline(requestMs)
  }
  return await views.reply(viewRequest)
}
