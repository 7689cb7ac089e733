import { NoConnectionLeft } from '../../kinto/bounded.ts'
import { KintoRefusal } from '../../kinto/client.ts'
import { Refusal, unavailable } from '../../kinto/errors.ts'
import { NotConnectedError } from '../../kinto/upstream.ts'

// Only these get a `Retry-After`, since it makes clients repeat the request:
// https://www.rfc-editor.org/rfc/rfc9110.html#section-9.2.1
const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

// As Kinto's own `retry_after_seconds`.
const retryAfter = 3

/**
 * The refusal for a request to which Kinto did not respond. It is always a 503, since Kinto's
 * clients know no 502 and no 504. The cause is for the log.
 */
export function failure(cause: unknown, method: string): Refusal {
  const wasNotSent = chain(cause).some(
    error => error instanceof NotConnectedError || error instanceof NoConnectionLeft
  )
  if (wasNotSent) return unreachable(cause)
  return safe.has(method)
    ? unavailable('Kinto did not answer. Try again in a moment.', { retryAfter, cause })
    : unavailable('Kinto did not answer: whether it carried the request out is not known.', {
        cause
      })
}

/** The refusal while Kinto cannot be asked: the same request may succeed later. */
export function unreachable(cause: unknown): Refusal {
  const isBusy = chain(cause).some(error => error instanceof NoConnectionLeft)
  return unavailable(
    isBusy
      ? 'Kinto is too busy. Try again in a moment.'
      : 'Kinto cannot be reached. Try again in a moment.',
    { retryAfter, cause }
  )
}

/** The refusal, ours or Kinto's, that ended a request on its way to Kinto, if one did. */
export function refusalIn(error: unknown): Refusal | KintoRefusal | undefined {
  return chain(error).find(cause => cause instanceof Refusal || cause instanceof KintoRefusal)
}

/**
 * Whether the client left before it had sent the whole body. That is nobody's fault, and nobody is
 * there to be told.
 */
export function clientLeft(error: unknown): boolean {
  return chain(error).some(
    ({ code, message }) =>
      code === 'UND_ERR_ABORTED' ||
      code === 'ECONNABORTED' ||
      code === 'ERR_STREAM_PREMATURE_CLOSE' ||
      (code === 'ECONNRESET' && message === 'aborted')
  )
}

type CodedError = Error & { code?: unknown }

function chain(error: unknown): CodedError[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : []
}
