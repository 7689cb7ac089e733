import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { errors, type Dispatcher } from 'undici'
import type { Callers } from '../kinto/callers.ts'
import type { Shares } from '../shares.ts'
import { originForm } from './classify.ts'
import { failure } from './http/failures.ts'
import { endToEndObject } from './http/headers.ts'
import { IncomingBody, type IncomingBodyOptions } from './http/incoming-body.ts'
import { connectionIdleMs, hasBody, methods, requireKnownCoding } from './http/server.ts'
import { headersForKinto, whenClientLeaves } from './http/request.ts'

export interface RelayOptions {
  /** The internal path of the requests to relay. */
  route: string
  passing: Passing
}

/** How requests pass to Kinto. */
export interface Passing {
  /** Kinto's origin. */
  upstream: string
  dispatcher: Dispatcher
  /** How bodies are read. A client that does not read its response may be silent as long. */
  reading: IncomingBodyOptions
  trustProxy: boolean
  /** Who sends a body, and the room for the first part of each until Kinto takes it. */
  callers: Callers
  heads: Shares
}

/**
 * Passes requests to Kinto and its responses back, streamed, byte for byte: what `forward` does, at
 * half the price. Trailers and 1xx responses are not passed on.
 */
export async function relay(
  scope: FastifyInstance,
  { route, passing }: RelayOptions
): Promise<void> {
  const { upstream, dispatcher, reading, callers, heads, trustProxy } = passing
  // Only the error handler logs such a request, and it makes a logger of its own.
  scope.setChildLoggerFactory(log => log)
  scope.route({
    method: methods,
    url: route,
    handler(request, reply) {
      const { raw, method, headers } = request
      requireKnownCoding(headers)
      const pass = (body: IncomingBody | null): void => {
        const response = new RelayedResponse(reply.raw, reading.idleMs, error => {
          void reply.send(failure(error, method))
        })
        const outgoing = {
          origin: upstream,
          method,
          path: originForm(request.originalUrl),
          headers: headersForKinto(request, trustProxy),
          body,
          // It is asked for where the request has to wait for a connection.
          get signal() {
            return whenClientLeaves(reply)
          }
        }
        dispatcher.dispatch(outgoing, response)
      }
      if (!hasBody(headers)) return pass(null)
      const { caller, isConfirmed } = callers.of(headers.authorization)
      const head = heads.holding(caller, isConfirmed)
      const body = new IncomingBody(raw, reply.raw, reading, head)
      const passWhenBegun = async (): Promise<void> => {
        await body.begun()
        pass(body)
      }
      passWhenBegun().catch((error: unknown) => {
        void reply.send(error)
      })
    }
  })
}

/** Writes Kinto's response to the client as it comes, no faster than the client reads. */
class RelayedResponse implements Dispatcher.DispatchHandler {
  readonly #response: ServerResponse
  readonly #idleMs: number
  readonly #fail: (error: Error) => void
  /**
   * Written with the first byte of the body: a response that breaks off before can still be
   * replaced by another one.
   */
  #head: { status: number; headers: IncomingHttpHeaders } | undefined
  #controller: Dispatcher.DispatchController | undefined

  constructor(response: ServerResponse, idleMs: number, fail: (error: Error) => void) {
    this.#response = response
    this.#idleMs = idleMs
    this.#fail = fail
    response.on('close', () => {
      if (!response.writableFinished)
        this.#controller?.abort(new errors.RequestAbortedError('The client left.'))
    })
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#response.destroyed)
      controller.abort(new errors.RequestAbortedError('The client left.'))
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders
  ): void {
    // There are no higher ones, and 1xx responses precede the one that counts:
    // https://www.rfc-editor.org/rfc/rfc9110.html#section-15
    if (status > 599) throw new Error(`Kinto answered with a status of ${status}.`)
    if (status >= 200) this.#head = { status, headers: endToEndObject(headers) }
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // After each pause undici gives an empty piece first, which would cost a system call.
    if (chunk.length === 0) return
    this.#writeHead()
    if (this.#response.write(chunk)) return
    controller.pause()
    // A client that does not read would keep a connection to Kinto. One that reads slowly may:
    // Node looks whether some of what waits has gone.
    this.#response.setTimeout(this.#idleMs)
    this.#response.once('drain', () => {
      this.#response.setTimeout(connectionIdleMs)
      controller.resume()
    })
  }

  onResponseEnd(): void {
    this.#writeHead()
    this.#response.end()
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#response.headersSent) this.#response.destroy()
    else this.#fail(error)
  }

  #writeHead(): void {
    if (this.#head === undefined) return
    const { status, headers } = this.#head
    this.#response.writeHead(status, headers)
    this.#head = undefined
  }
}
