import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { unavailable } from '../../kinto/errors.ts'
import { headWithoutUpgrade } from './upgrade.ts'

/** A response that is due on a connection. */
interface PendingResponse {
  response: ServerResponse
  /** Begins its request, when it is its turn. */
  begin: (() => void) | undefined
}

// More requests than any client sends without waiting for a response. Each of them takes memory
// while it waits.
const maxWaiting = 100

/** The responses that a server has under way: for each connection, in order. */
export class RequestPipeline {
  readonly #connections = new Map<Socket, PendingResponse[]>()
  /** What to do with a connection once its last response is over. */
  readonly #afterwards = new WeakMap<Socket, () => void>()
  #size = 0
  #closing = false

  /** How many responses are under way. */
  get size(): number {
    return this.#size
  }

  /**
   * Follows the requests of `app`. Requests that come on one connection without waiting are begun
   * one after the other, as Kinto's server does. A write must have had its effect before the next
   * request is carried out: https://www.rfc-editor.org/rfc/rfc9112.html#section-9.3.2
   *
   * An offer to change the protocol, such as to a WebSocket, is taken for a plain request.
   *
   * Once `app` closes, requests that still come are refused, and the connections end with the last
   * response. Without this, clients that keep theirs open would hold `app.close()` up.
   */
  watch(app: FastifyInstance): void {
    app.server.prependListener('request', ({ socket }, response) => {
      this.#expect(app, socket, response)
    })
    app.server.on('upgrade', (request, _socket, behind) => {
      this.#readAgain(app, request, behind)
    })
    app.addHook('onRequest', ({ raw: { socket } }, { raw }, done) => {
      this.#whenItsTurn(socket, raw, () => {
        if (this.#closing)
          done(unavailable('The service is stopping. Try again in a moment.', { retryAfter: 3 }))
        else done()
      })
    })
    app.addHook('preClose', async () => {
      this.#closing = true
      this.#closeIdle(app)
    })
  }

  /**
   * Whether the response to another request is due, or has begun, on this connection: then nothing
   * else can be sent on it. A request that is not whole yet does not count: it is the one at fault.
   */
  hasPending(socket: Socket): boolean {
    return this.#pendingOn(socket).some(
      ({ response }) => response.headersSent || response.req.complete
    )
  }

  /**
   * Ends the connection after the responses that are due on it: what came behind their requests
   * cannot be read.
   */
  closeAfterwards(socket: Socket): void {
    this.#afterwards.set(socket, () => {
      socket.destroySoon()
    })
  }

  /** Ends all connections at once, with what is under way on them. */
  cut(app: FastifyInstance): void {
    app.server.closeAllConnections()
    // Node does not know those any more that it gave away with an offer to change the protocol.
    for (const socket of this.#connections.keys()) socket.destroy()
  }

  /**
   * Node's parser loses what stands behind an offer to change the protocol, unless the connection
   * is taken from it. So it is taken, and read anew without the offer, after the responses that are
   * due. Node takes its own listeners away then, which these responses still need.
   */
  #readAgain(app: FastifyInstance, request: IncomingMessage, behind: Buffer): void {
    const { socket } = request
    const due = (): ServerResponse | undefined => this.#pendingOn(socket)[0]?.response
    const onDrain = (): void => {
      if (due()?.writableNeedDrain === true) due()?.emit('drain')
    }
    const onTimeout = (): void => {
      if (due()?.emit('timeout', socket) !== true) socket.destroy()
    }
    socket.on('error', ignore).on('drain', onDrain).on('timeout', onTimeout)
    const read = (): void => {
      this.#afterwards.delete(socket)
      socket.off('error', ignore).off('drain', onDrain).off('timeout', onTimeout)
      socket.unshift(behind)
      socket.unshift(headWithoutUpgrade(request))
      app.server.emit('connection', socket)
    }
    if (this.#pendingOn(socket).length === 0) read()
    else this.#afterwards.set(socket, read)
  }

  #expect(app: FastifyInstance, socket: Socket, response: ServerResponse): void {
    const known = this.#connections.get(socket)
    const pending = known ?? []
    if (known === undefined) {
      this.#connections.set(socket, pending)
      // Of the responses behind the first, Node does not tell that they will never be sent.
      socket.once('close', () => {
        this.#size -= pending.length
        this.#connections.delete(socket)
        this.#closeIdle(app)
      })
    }
    pending.push({ response, begin: undefined })
    this.#size += 1
    if (pending.length > maxWaiting) socket.destroy()
    response.on('close', () => {
      this.#finished(app, socket)
    })
  }

  /** The first response that was due on the connection is over. */
  #finished(app: FastifyInstance, socket: Socket): void {
    const pending = this.#pendingOn(socket)
    if (pending.shift() === undefined) return
    this.#size -= 1
    if (!socket.destroyed) pending[0]?.begin?.()
    if (pending.length === 0 && !socket.destroyed) this.#afterwards.get(socket)?.()
    this.#closeIdle(app)
  }

  #whenItsTurn(socket: Socket, response: ServerResponse, begin: () => void): void {
    const pending = this.#pendingOn(socket)
    if (pending[0]?.response === response) return begin()
    for (const waiting of pending) if (waiting.response === response) waiting.begin = begin
  }

  #pendingOn(socket: Socket): PendingResponse[] {
    return this.#connections.get(socket) ?? []
  }

  #closeIdle(app: FastifyInstance): void {
    if (this.#closing && this.#size === 0) app.server.closeAllConnections()
  }
}

function ignore(): void {}
