import type { FastifyReply, FastifyRequest } from 'fastify'
import { serveView, type ServeViewOptions } from './announce/serve.ts'
import { serveBatch, type ServeBatchOptions } from './batch/serve.ts'
import type { Inspected } from './classify.ts'
import type { Inspection } from './forward.ts'
import {
  serveInbox,
  serveSubResource,
  type ServeInboxOptions,
  type ServeSubResourceOptions
} from './sub-resource/serve.ts'

export interface InspectOptions {
  subResource: ServeSubResourceOptions
  inbox: ServeInboxOptions
  batch: ServeBatchOptions
  view: ServeViewOptions
}

/** Looks into a request, and replies to it if it is the service's. */
export async function inspect(
  kind: Inspected,
  request: FastifyRequest,
  reply: FastifyReply,
  { subResource, inbox, batch, view }: InspectOptions
): Promise<Inspection> {
  switch (kind.kind) {
    case 'answer':
    case 'ask':
      return { reply: await serveSubResource(kind, request, reply, subResource) }
    case 'inbox':
      return { reply: await serveInbox(kind, request, reply, inbox) }
    case 'batch':
      return await serveBatch(kind.version, request, reply, batch)
    case 'announced':
      return { reply: await serveView(kind.view, request, view) }
  }
}
