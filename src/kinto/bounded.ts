import type { IncomingHttpHeaders } from 'node:http'
import { errors, type Dispatcher } from 'undici'
import { Shares } from '../shares.ts'
import { headerValues } from './headers.ts'
import { PassingHandler } from './passing-handler.ts'

/** All connections were in use for as long as a request may wait. Nothing was sent. */
export class NoConnectionLeft extends Error {
  override readonly name = 'NoConnectionLeft'
  readonly code = 'KINTO_NO_CONNECTION_LEFT'
}

/**
 * Lets `most` requests go on at one time, from their first byte to the last one of their response.
 * Others wait for their turn, for `waitMs` milliseconds at most, and then end with
 * NoConnectionLeft; or as soon as the signal of their sender is aborted. Callers are told apart by
 * their `Authorization`: they take turns, and one of them has three quarters of the places at most.
 */
export function bounded(most: number, waitMs: number): Dispatcher.DispatcherComposeInterceptor {
  const places = new Places(most)

  return dispatch =>
    function dispatchBounded(options, handler) {
      const caller = callerOf(options)
      const send = (): boolean =>
        dispatch(
          options,
          new EndingHandler(handler, () => {
            places.leave(caller)
          })
        )
      if (places.take(caller)) return send()
      const signal = signalOf(options)
      const stopWaiting = (): void => {
        places.giveUp(caller, begin)
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
      }
      const begin = (): void => {
        stopWaiting()
        send()
      }
      const fail = (error: Error): void => {
        stopWaiting()
        handler.onResponseError?.(neverBegun, error)
      }
      const onAbort = (): void => {
        fail(new errors.RequestAbortedError('Its sender gave the request up.'))
      }
      const timer = setTimeout(() => {
        fail(new NoConnectionLeft(`All ${most} connections to Kinto are in use.`))
      }, waitMs)
      signal?.addEventListener('abort', onAbort)
      places.wait(caller, begin)
      if (signal?.aborted === true) onAbort()
      return true
    }
}

type Begin = () => void

/** Who has a place, and who waits for one: each caller's requests in the order of their coming. */
class Places {
  readonly #shares: Shares
  readonly #waiting = new Map<string, Set<Begin>>()
  #isHandingOut = false

  constructor(most: number) {
    this.#shares = new Shares({ size: most, share: Math.ceil(most * 0.75) })
  }

  take(caller: string): boolean {
    return this.#shares.take(caller)
  }

  leave(caller: string): void {
    this.#shares.giveBack(caller)
    this.#handOut()
  }

  wait(caller: string, begin: Begin): void {
    this.#waiting.set(caller, (this.#waiting.get(caller) ?? new Set()).add(begin))
  }

  giveUp(caller: string, begin: Begin): void {
    const requests = this.#waiting.get(caller)
    requests?.delete(begin)
    if (requests?.size === 0) this.#waiting.delete(caller)
  }

  // A request may end at once, so this is a loop: calls would pile up.
  #handOut(): void {
    if (this.#isHandingOut) return
    this.#isHandingOut = true
    for (let begin = this.#next(); begin !== undefined; begin = this.#next()) begin()
    this.#isHandingOut = false
  }

  /** The first request of the caller whose turn it is. Then it is the next caller's. */
  #next(): Begin | undefined {
    for (const [caller, requests] of this.#waiting) {
      if (!this.take(caller)) continue
      this.#waiting.delete(caller)
      this.#waiting.set(caller, requests)
      const [begin] = requests
      return begin
    }
    return undefined
  }
}

/** Calls `end` when the request is over, however it ends. */
class EndingHandler extends PassingHandler {
  readonly #end: () => void
  #isOver = false

  constructor(handler: Dispatcher.DispatchHandler, end: () => void) {
    super(handler)
    this.#end = end
  }

  override onResponseEnd(
    controller: Dispatcher.DispatchController,
    trailers: IncomingHttpHeaders
  ): void {
    this.#endOnce()
    super.onResponseEnd(controller, trailers)
  }

  override onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#endOnce()
    super.onResponseError(controller, error)
  }

  // undici tells of an error too when a handler throws at the end.
  #endOnce(): void {
    if (!this.#isOver) this.#end()
    this.#isOver = true
  }
}

function callerOf({ headers }: Dispatcher.DispatchOptions): string {
  return Array.isArray(headers) ? headerValues(headers, 'authorization').join() : ''
}

// `dispatcher.request()` hands its options on as they are.
function signalOf(options: object): AbortSignal | undefined {
  const signal: unknown = Reflect.get(options, 'signal')
  return signal instanceof AbortSignal ? signal : undefined
}

// Of a request that was never sent there is nothing to control.
const neverBegun: Dispatcher.DispatchController = {
  aborted: true,
  paused: false,
  reason: null,
  abort() {},
  pause() {},
  resume() {}
}
