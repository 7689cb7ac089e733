import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import { PassingHandler } from './passing-handler.ts'

// The error codes of a server that goes away. A timeout or an unreadable response has others.
const goneAway = new Set<unknown>(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'])

const repeatable = new Set<unknown>(['GET', 'HEAD', 'OPTIONS'])

/** Whether the error says that the other side has ended the connection. */
export function isGone(error: Error): boolean {
  return 'code' in error && goneAway.has(error.code)
}

/** Whether a request may be sent twice: one that changes nothing, and has no body. */
export function isRepeatable({ method, body }: Dispatcher.DispatchOptions): boolean {
  return repeatable.has(method) && !body
}

/**
 * Adds to `stale` the error that ends a stale connection: one that brought a response before, and
 * nothing since the request was written. Kinto's server closed it while it was idle, and the
 * request was already on its way (RFC 9112 §9.3.1).
 */
export function watchForStale(socket: Socket, stale: WeakSet<object>): void {
  let writtenWhenHeard = 0
  socket.on('readable', () => {
    // At the end of the stream the event comes too, with nothing to read.
    if (socket.readableLength > 0) writtenWhenHeard = socket.bytesWritten
  })
  socket.on('error', error => {
    if (isGone(error) && writtenWhenHeard > 0 && socket.bytesWritten > writtenWhenHeard)
      stale.add(error)
  })
}

/**
 * Sends GET, HEAD and OPTIONS without a body once more, over a new connection, when theirs proved
 * stale. Nothing else is ever repeated.
 */
export function repeatWhenStale(stale: WeakSet<object>): Dispatcher.DispatcherComposeInterceptor {
  return dispatch =>
    function dispatchRepeatable(options, handler) {
      if (!isRepeatable(options)) return dispatch(options, handler)
      return dispatch(
        options,
        new RepeatingHandler(handler, error => {
          if (stale.has(error)) dispatch({ ...options, reset: true }, handler)
          return stale.has(error)
        })
      )
    }
}

/** Tells `handler` all but the error after which the request is sent again. */
class RepeatingHandler extends PassingHandler {
  readonly #repeat: (error: Error) => boolean

  /** `repeat` sends the request again where it can, and says whether it did. */
  constructor(handler: Dispatcher.DispatchHandler, repeat: (error: Error) => boolean) {
    super(handler)
    this.#repeat = repeat
  }

  override onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    if (!this.#repeat(error)) super.onResponseError(controller, error)
  }
}
