import { Refusal } from './errors.ts'

/**
 * The service in the `Via` of each client's request that goes on to Kinto, as a flat list. One that
 * comes with it goes round in a loop: https://www.rfc-editor.org/rfc/rfc9110.html#section-7.6.3
 */
export const viaThisService = ['Via', '1.1 kinto-stepfunction'] as const

/** The status of a loop: https://www.rfc-editor.org/rfc/rfc5842.html#section-7.2 */
export const loopDetected = 508

export const leadsToService =
  'stepfunction.kinto_url leads to this service itself, or to another copy of it, ' +
  'and not to Kinto: nothing can be passed on.'

/**
 * Refuses a request that this service sent, or another copy of it, whatever it passed in between.
 * `via` is the value of its `Via`.
 * @throws Refusal 508
 */
export function refuseLoop(via: string | undefined): void {
  const [, mark] = viaThisService
  if (via?.split(',').some(hop => hop.trim() === mark) !== true) return
  throw new Refusal({
    status: loopDetected,
    errno: 201,
    error: 'Loop Detected',
    message: leadsToService
  })
}
