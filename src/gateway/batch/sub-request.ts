import { validateHeaderName, validateHeaderValue } from 'node:http'
import { invalid } from '../../kinto/errors.ts'
import { headerNames, selectHeaders } from '../../kinto/headers.ts'
import { percentDecoded } from '../classify.ts'
import { subRequestHeaders } from '../http/headers.ts'
import type { SubRequest } from './effective.ts'

/**
 * The headers of one request in a batch. The batch's headers apply to all its requests, and a
 * request's own headers go before them (`kinto/core/utils.py`, build_request).
 * @throws Refusal 400
 */
export function headersOf(request: SubRequest, batch: readonly string[]): string[] {
  const ownHeaders = subRequestHeaders(Object.entries(request.headers).flat())
  requireSendable(ownHeaders)
  const names = headerNames(ownHeaders)
  const all = [
    ...selectHeaders(batch, name => !names.has(name) && name !== 'content-length'),
    ...ownHeaders
  ]
  return bodyOf(request).length === 0
    ? all
    : [
        ...selectHeaders(all, name => name !== 'content-type'),
        'Content-Type',
        'application/json; charset=utf-8'
      ]
}

/** The body of one request in a batch: an object that is not empty, or none. */
export function bodyOf({ body = {} }: SubRequest): Buffer {
  return Buffer.from(Object.keys(body).length === 0 ? '' : JSON.stringify(body))
}

/**
 * The path of a request in a batch as Kinto shows it: decoded, and without its query. It has no
 * last slash, since Kinto follows its own redirect to the path without one.
 *
 * Kinto puts the API version in the batch's own path in front, unless the path begins with it. Here
 * it takes `#` for a part of the path or query, and any text for UTF-8.
 */
export function shownPath(path: string, version: string): string {
  const target = path.startsWith(`/${version}`) ? path : `/${version}${path}`
  const end = target.indexOf('?')
  const encoded = end === -1 ? target : target.slice(0, end)
  return withoutLastSlashes(percentDecoded(Buffer.from(encoded.toWellFormed())))
}

// A regular expression would try again at every slash, and a client can send a million of them.
function withoutLastSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end -= 1
  return path.slice(0, end)
}

function requireSendable(headers: string[]): void {
  for (const [index, text] of headers.entries()) {
    try {
      if (index % 2 === 0) validateHeaderName(text)
      else validateHeaderValue('value', text)
    } catch {
      throw invalid('header', 'headers', 'A header of this request cannot be sent.')
    }
  }
}
