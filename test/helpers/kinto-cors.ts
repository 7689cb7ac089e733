import type { IncomingMessage } from 'node:http'

/**
 * The headers that Kinto adds for its default `cors_origins`, `*` (kinto/core/cornice/cors.py).
 * @returns a flat list
 */
export function corsHeaders(request: IncomingMessage, status: number): string[] {
  const { origin, 'access-control-request-headers': asked = '' } = request.headers
  if (origin === undefined)
    return [
      'Access-Control-Expose-Headers',
      'Backoff, Retry-After, Alert, Content-Length, Content-Type'
    ]
  if (request.method === 'OPTIONS' && status !== 200) return ['Access-Control-Allow-Origin', '*']
  if (request.method !== 'OPTIONS')
    return [
      'Access-Control-Allow-Origin',
      '*',
      'Access-Control-Expose-Headers',
      'Backoff, Retry-After, Alert, Content-Length, Content-Type'
    ]
  return [
    'Access-Control-Allow-Origin',
    '*',
    'Access-Control-Allow-Methods',
    'GET,HEAD,PUT,PATCH,DELETE,OPTIONS',
    'Access-Control-Allow-Headers',
    `Content-Type,${asked}`,
    'Access-Control-Max-Age',
    '3600'
  ]
}
