import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { ClientRequest } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

/**
 * How far a call came:
 * - `unmade`: there was no request, so nothing was sent;
 * - `made`: it had no connection yet, so nothing was sent;
 * - `sent`: it had one, so it may have had its effect.
 */
export type Reach = 'unmade' | 'made' | 'sent'

/** A call, and how far it came. */
export interface Call {
  reach: Reach
}

const created = 'http.client.request.created'

/**
 * Watches how far calls come. Node itself tells of each request that it makes, and of its
 * connection: so it need not be guessed from the error whether anything was sent.
 * https://nodejs.org/api/diagnostics_channel.html#event-httpclientrequestcreated
 */
export class Wire {
  readonly #calls = new AsyncLocalStorage<Call>()

  constructor() {
    subscribe(created, this.#watch)
  }

  /** Sends; what is sent meanwhile is the call's. */
  async send<T>(call: Call, send: () => Promise<T>): Promise<T> {
    return await this.#calls.run(call, send)
  }

  close(): void {
    unsubscribe(created, this.#watch)
  }

  readonly #watch = (message: unknown): void => {
    const call = this.#calls.getStore()
    if (call === undefined || !isCreation(message)) return
    call.reach = 'made'
    message.request.once('socket', socket => {
      whenReady(socket, () => {
        call.reach = 'sent'
      })
    })
  }
}

/**
 * Calls back once the connection of a request is made, and verified where it is TLS: before, it
 * takes no data. One that is not being made any more is an older one, or comes through a tunnel.
 */
export function whenReady(socket: Socket, then: () => void): void {
  if (!socket.connecting) then()
  else socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', then)
}

function isCreation(message: unknown): message is { request: ClientRequest } {
  return (
    typeof message === 'object' &&
    message !== null &&
    Reflect.get(message, 'request') instanceof ClientRequest
  )
}
