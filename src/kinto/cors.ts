import { selectHeaders } from './headers.ts'

/**
 * The headers that Kinto puts on every response, besides those of CORS: `Backoff` and `Alert`, and
 * two that keep a browser from interpreting the body (`kinto/core/initialization.py`,
 * `kinto/core/cornice/cors.py`).
 */
const onEveryResponse = new Set([
  'backoff',
  'alert',
  'x-content-type-options',
  'content-security-policy'
])

/** Those of Kinto's headers that the service's own response to the same request carries too. */
export function commonHeaders(headers: readonly string[]): string[] {
  return selectHeaders(
    headers,
    name => onEveryResponse.has(name) || name.startsWith('access-control-')
  )
}

/**
 * For responses of the service when it cannot ask Kinto for its CORS policy. They hold nothing
 * secret, and a web page should be able to read the reason.
 */
export const openHeaders = [
  'Access-Control-Allow-Origin',
  '*',
  'Access-Control-Expose-Headers',
  'Backoff, Retry-After, Alert, Content-Length, Content-Type'
] as const
