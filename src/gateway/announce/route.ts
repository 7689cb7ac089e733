import type { FastifyInstance } from 'fastify'
import { originForm, type View } from '../classify.ts'
import { send } from '../http/reply.ts'
import { headersForKinto } from '../http/request.ts'
import { deadline } from '../../wait.ts'
import { announce, type AnnounceOptions } from './announce.ts'

export interface AnnounceRouteOptions extends AnnounceOptions {
  /** Milliseconds that a whole request may take. */
  requestMs: number
  trustProxy: boolean
}

/**
 * The internal path of a request for a view. For Fastify's router, `rewriteUrl` puts it in the
 * place of the client's path.
 */
export function viewPath(view: View | ':view'): string {
  return `/announced/${view}`
}

/** Serves Kinto's utility views over HTTP. */
export async function announcedViews(
  scope: FastifyInstance,
  options: AnnounceRouteOptions
): Promise<void> {
  scope.all<{ Params: { view: View } }>(
    viewPath(':view'),
    async function serveView(request, reply) {
      const headers = headersForKinto(request, options.trustProxy)
      const viewRequest = {
        view: request.params.view,
        target: originForm(request.originalUrl),
        headers,
        timeLeft: deadline(options.requestMs)
      }
      return send(reply, await announce(viewRequest, options))
    }
  )
}
