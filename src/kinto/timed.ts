import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import { PassingHandler } from './passing-handler.ts'

/** Tells `observe` the seconds from each request to the head of its response. */
export function timed(observe: (seconds: number) => void): Dispatcher.DispatcherComposeInterceptor {
  return dispatch =>
    function dispatchTimed(options, handler) {
      return dispatch(options, new TimedHandler(handler, observe))
    }
}

class TimedHandler extends PassingHandler {
  readonly #observe: (seconds: number) => void
  readonly #begun = performance.now()

  constructor(handler: Dispatcher.DispatchHandler, observe: (seconds: number) => void) {
    super(handler)
    this.#observe = observe
  }

  override onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
    message?: string
  ): void {
    this.#observe((performance.now() - this.#begun) / 1000)
    super.onResponseStart(controller, status, headers, message)
  }
}
