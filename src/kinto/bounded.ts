import type { IncomingHttpHeaders } from 'node:http'
import { errors, type Dispatcher } from 'undici'
import { Places } from '../places.ts'
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
