import { validateHeaderName, validateHeaderValue } from 'node:http'
import { invalid } from '../../kinto/errors.ts'
import { headerNames, headerPairs, selectHeaders } from '../../kinto/headers.ts'
import { subRequestHeaders } from '../headers.ts'
import type { SubRequest } from './effective.ts'

/** The headers of one request in a batch: the batch's apply to all, and its own go before (`kinto/core/utils.py`, build_request). @throws Refusal 400 */
export function headersOf (request: SubRequest, batch: readonly string[]): string[] {
  const own = subRequestHeaders(Object.entries(request.headers).flat())
  requireSendable(own)
  const names = headerNames(own)
  const all = [...selectHeaders(batch, name => !names.has(name) && name !== 'content-length'), ...own]
  return bodyOf(request).length === 0 ? all : [...selectHeaders(all, name => name !== 'content-type'), 'Content-Type', 'application/json; charset=utf-8']
}

/** The body of one request in a batch: an object that is not empty, or none. */
export function bodyOf ({ body = {} }: SubRequest): Buffer {
  return Buffer.from(Object.keys(body).length === 0 ? '' : JSON.stringify(body))
}

/** The same request with these headers, a flat list, in place of its own of the same names. */
export function withHeaders (request: SubRequest, headers: readonly string[]): SubRequest {
  const names = headerNames(headers)
  const kept = Object.entries(request.headers).filter(([name]) => !names.has(name.toLowerCase()))
  return { ...request, headers: Object.fromEntries([...kept, ...headerPairs(headers)]) }
}

function requireSendable (headers: string[]): void {
  for (const [index, text] of headers.entries()) {
    try {
      if (index % 2 === 0) validateHeaderName(text)
      else validateHeaderValue('value', text)
    } catch {
      throw invalid('header', 'headers', 'A header of this request cannot be sent.')
    }
  }
}
