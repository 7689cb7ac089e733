import type { Dispatcher } from 'undici'
import { Refusal } from './errors.ts'

/** The service in the `Via` of all that it sends to Kinto (RFC 9110 §7.6.3). */
const mark = '1.1 kinto-stepfunction'

/** The status of a loop: https://www.rfc-editor.org/rfc/rfc5842.html#section-7.2 */
export const loopDetected = 508

export const leadsToService =
  'stepfunction.kinto_url leads to this service itself, or to another copy of it, ' +
  'and not to Kinto: nothing can be passed on.'

/** Marks every request: what comes back with the mark goes round in a loop. */
export function markRequests(dispatch: Dispatcher.Dispatch): Dispatcher.Dispatch {
  return function dispatchMarked(options, handler) {
    const headers = Array.isArray(options.headers)
      ? [...options.headers, 'Via', mark]
      : Object.assign({}, options.headers, { Via: mark })
    return dispatch({ ...options, headers }, handler)
  }
}

/**
 * Refuses a request that this service sent, or another copy of it, whatever it passed in between.
 * `via` is the value of its `Via`.
 * @throws Refusal 508
 */
export function refuseLoop(via: string | undefined): void {
  if (via?.split(',').some(hop => hop.trim() === mark) !== true) return
  throw new Refusal({
    status: loopDetected,
    errno: 201,
    error: 'Loop Detected',
    message: leadsToService
  })
}
