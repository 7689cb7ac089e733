import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'

/** Tells `observe` the seconds from each request to the head of its answer. */
export function timed (observe: (seconds: number) => void): Dispatcher.DispatcherComposeInterceptor {
  return dispatch => function dispatchTimed (options, handler) {
    return dispatch(options, new TimedHandler(handler, observe))
  }
}

class TimedHandler implements Dispatcher.DispatchHandler {
  readonly #handler: Dispatcher.DispatchHandler
  readonly #observe: (seconds: number) => void
  readonly #begun = performance.now()

  constructor (handler: Dispatcher.DispatchHandler, observe: (seconds: number) => void) {
    this.#handler = handler
    this.#observe = observe
  }

  onRequestStart (controller: Dispatcher.DispatchController, context: unknown): void {
    this.#handler.onRequestStart?.(controller, context)
  }

  onResponseStart (controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders, message?: string): void {
    this.#observe((performance.now() - this.#begun) / 1000)
    this.#handler.onResponseStart?.(controller, status, headers, message)
  }

  onResponseData (controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#handler.onResponseData?.(controller, chunk)
  }

  onResponseEnd (controller: Dispatcher.DispatchController, trailers: IncomingHttpHeaders): void {
    this.#handler.onResponseEnd?.(controller, trailers)
  }

  onResponseError (controller: Dispatcher.DispatchController, error: Error): void {
    this.#handler.onResponseError?.(controller, error)
  }
}
