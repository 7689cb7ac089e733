import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
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
 * NoConnectionLeft; or as soon as the signal of their sender is aborted. Callers take turns, told
 * apart by their `Authorization`: one who sends a thousand requests does not stand before another.
 */
export function bounded(most: number, waitMs: number): Dispatcher.DispatcherComposeInterceptor {
  let running = 0
  const line = new Line()

  return dispatch =>
    function dispatchBounded(options, handler) {
      const send = (): boolean => {
        running += 1
        return dispatch(options, new EndingHandler(handler, end))
      }
      if (running < most) return send()
      const caller = callerOf(options)
      const signal = signalOf(options)
      const leave = (): void => {
        line.leave(caller, begin)
        clearTimeout(timer)
        signal?.removeEventListener('abort', giveUp)
      }
      const begin = (): void => {
        leave()
        send()
      }
      const giveUp = (): void => {
        leave()
        const error = new NoConnectionLeft(`All ${most} connections to Kinto are in use.`)
        handler.onResponseError?.(neverBegun, error)
      }
      const timer = setTimeout(giveUp, waitMs)
      signal?.addEventListener('abort', giveUp)
      line.join(caller, begin)
      return true
    }

  function end(): void {
    running -= 1
    line.next()?.()
  }
}

type Begin = () => void

/** Who waits, by caller, each caller's requests in the order in which they came. */
class Line {
  readonly #callers = new Map<string, Set<Begin>>()

  join(caller: string, begin: Begin): void {
    const requests = this.#callers.get(caller) ?? new Set()
    this.#callers.set(caller, requests.add(begin))
  }

  leave(caller: string, begin: Begin): void {
    const requests = this.#callers.get(caller)
    requests?.delete(begin)
    if (requests?.size === 0) this.#callers.delete(caller)
  }

  /** The first request of the caller whose turn it is. Then it is the next caller's. */
  next(): Begin | undefined {
    for (const [caller, requests] of this.#callers) {
      this.#callers.delete(caller)
      this.#callers.set(caller, requests)
      for (const begin of requests) return begin
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
  return Array.isArray(headers) ? headerValues(headers.map(String), 'authorization').join() : ''
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
