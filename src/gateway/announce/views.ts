import { LRUCache } from 'lru-cache'
import type { Log } from '../../log.ts'
import type { Resource } from '../../kinto/resources.ts'
import { requestKinto, type KintoResponse } from '../../kinto/client.ts'
import { openHeaders } from '../../kinto/cors.ts'
import { selectHeaders } from '../../kinto/headers.ts'
import type { JsonObject } from '../../kinto/json.ts'
import { wrongServerOf } from '../../kinto/wrong-server.ts'
import type { Kinto } from '../../kinto/session.ts'
import type { Health } from '../../stepfunctions/health.ts'
import type { View } from '../classify.ts'
import { editJson } from './edit-json.ts'
import { heartbeatReply } from './heartbeat.ts'
import { withSubResources } from './openapi.ts'
import { errorReply, kintoReply, type Reply } from '../http/reply.ts'
import { withCapability } from './root-view.ts'

/**
 * A GET or HEAD for one of Kinto's utility views, as a value. Both get the same reply: for a HEAD
 * it is sent without its body.
 */
export interface ViewRequest {
  view: View
  /** In origin form, as received, query included. */
  target: string
  /** A flat list: the headers that the pass-through would send. */
  headers: string[]
  /** Milliseconds that the request has left. */
  timeLeft: () => number
}

export interface ViewsOptions {
  kinto: Kinto
  health: Health
  resources: readonly Resource[]
  log: Log
}

/** Kinto's utility views with what a plugin inside of Kinto would add to them. */
export class Views {
  readonly #options: ViewsOptions
  // Kinto makes its document once per process. To edit its 170 kB takes as long as some hundred
  // other requests.
  readonly #documents = new LRUCache<string, Buffer>({ max: 8 })
  #isWrongServerTold = false

  constructor(options: ViewsOptions) {
    this.#options = options
  }

  /** Never throws: a failure becomes the reply. */
  async reply(request: ViewRequest): Promise<Reply> {
    try {
      switch (request.view) {
        case 'root':
          return edited(await this.#askKinto(request), body =>
            editJson(body, view => this.#rootView(view))
          )
        case 'openapi':
          return edited(await this.#askKinto(request), body => this.#document(body))
        case 'heartbeat':
          return await this.#heartbeat(request)
      }
    } catch (error) {
      return errorReply(error, openHeaders, this.#options.log)
    }
  }

  #rootView(view: JsonObject): JsonObject | undefined {
    const { resources, log } = this.#options
    // Clients read the root view all the time, and an operator needs to be told only once.
    const wrong = wrongServerOf(view)
    if (wrong !== undefined && !this.#isWrongServerTold) {
      this.#isWrongServerTold = true
      log.warn(wrong)
    }
    return withCapability(view, resources)
  }

  #document(body: Buffer): Buffer | undefined {
    const key = body.toString('latin1')
    const known = this.#documents.get(key)
    if (known !== undefined) return known
    const document = editJson(body, withSubResources)
    if (document !== undefined) this.#documents.set(key, document)
    return document
  }

  async #heartbeat(request: ViewRequest): Promise<Reply> {
    const { health, log } = this.#options
    const kinto = this.#askKinto(request).catch((err: unknown) => {
      log.error({ err }, 'Kinto does not answer its heartbeat')
      return undefined
    })
    const [response, state] = await Promise.all([kinto, health.check()])
    return heartbeatReply(response, state)
  }

  // Always a GET, so that a HEAD is told the right length, and without compression, to be edited.
  async #askKinto({ target, headers, timeLeft }: ViewRequest): Promise<KintoResponse> {
    const { dispatcher, origin, timeoutMs } = this.#options.kinto
    return await requestKinto(dispatcher, origin, {
      method: 'GET',
      path: target,
      // This request has no body.
      headers: [
        ...selectHeaders(
          headers,
          name => name !== 'accept-encoding' && !name.startsWith('content-')
        ),
        'Accept-Encoding',
        'identity'
      ],
      timeoutMs: Math.min(timeoutMs, timeLeft())
    })
  }
}

// They are true of Kinto's own text only: https://www.rfc-editor.org/rfc/rfc9110.html#section-8.8
const ofTheText = /^(etag|last-modified|accept-ranges|content-md5|(content-|repr-)?digest)$/

function edited(response: KintoResponse, edit: (body: Buffer) => Buffer | undefined): Reply {
  const reply = kintoReply(response)
  const body = response.status === 200 ? edit(response.body) : undefined
  return body === undefined
    ? reply
    : { ...reply, headers: selectHeaders(reply.headers, name => !ofTheText.test(name)), body }
}
