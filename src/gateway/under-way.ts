import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { unavailable } from '../kinto/errors.ts'

/** The answers that a server has under way, and on which connection. */
export class UnderWay {
  readonly #answers = new Map<ServerResponse, Socket>()
  readonly #last = new WeakSet<Socket>()
  #closing = false

  /** How many there are. */
  get size (): number {
    return this.#answers.size
  }

  /**
   * Follows the requests of `app`. Once it closes, requests that still come are refused, and with the last answer the
   * connections end: without this, clients that keep theirs open would hold `app.close()` up.
   */
  watch (app: FastifyInstance): void {
    app.server.prependListener('request', ({ socket }, response) => {
      this.#answers.set(response, socket)
      response.once('close', () => {
        this.#answers.delete(response)
        if (this.#last.has(socket) && !this.#isOwed(socket)) socket.destroySoon()
        this.#endIdle(app)
      })
    })
    app.addHook('onRequest', (_request, _reply, done) => {
      if (this.#closing) done(unavailable('The service is stopping, please retry later.', { retryAfter: 3 }))
      else done()
    })
    app.addHook('preClose', async () => {
      this.#closing = true
      this.#endIdle(app)
    })
  }

  /**
   * Whether an answer of another request is due, or has begun, on this connection: then nothing can be said on it. A request
   * that is not whole yet is the one at fault itself.
   */
  isSpokenFor (socket: Socket): boolean {
    return [...this.#answers].some(([response, owner]) => owner === socket && (response.headersSent || response.req.complete))
  }

  /** Ends the connection after the answers that are due on it: what came behind their requests cannot be read. */
  endAfterwards (socket: Socket): void {
    this.#last.add(socket)
  }

  #isOwed (socket: Socket): boolean {
    return [...this.#answers.values()].includes(socket)
  }

  #endIdle (app: FastifyInstance): void {
    if (this.#closing && this.#answers.size === 0) app.server.closeAllConnections()
  }
}
