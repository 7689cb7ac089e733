import { selectHeaders } from './headers.ts'

/**
 * The headers that Kinto puts on every answer, whatever it says: CORS, `Backoff` and `Alert`, and the two that keep a
 * browser from interpreting the body (`kinto/core/initialization.py`, `kinto/core/cornice/cors.py`).
 */
const common = new Set(['backoff', 'alert', 'x-content-type-options', 'content-security-policy'])

/** Those of Kinto's headers that an answer of ours to the same request carries too. */
export function commonHeaders(headers: readonly string[]): string[] {
  return selectHeaders(headers, name => common.has(name) || name.startsWith('access-control-'))
}

/** For answers without Kinto's word, when its policy cannot be asked: they hold nothing secret, and a web page should read why. */
export const openHeaders = [
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Expose-Headers',
  'Backoff, Retry-After, Alert, Content-Length, Content-Type'
] as const
