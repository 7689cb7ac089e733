import { validateHeaderName, validateHeaderValue } from 'node:http'
import { invalid, unsupportedMediaType, type Refusal } from '../../kinto/errors.ts'
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

/**
 * Why it cannot be known how Kinto reads a write in a batch: it makes WSGI's variables of the headers, where an underscore is a
 * hyphen and the last of two counts, and goes by a `content-type` of the request's own, charset included (`kinto/core/utils.py`, build_request).
 */
export function headersInDoubt ({ headers }: SubRequest): Refusal | undefined {
  const names = Object.keys(headers).map(name => name.toLowerCase())
  if (names.some(name => name.includes('_')) || new Set(names).size < names.length) return invalid('header', 'headers', 'A header of this request may be taken for another one: write each once, and without an underscore.')
  const other = Object.entries(headers).some(([name, value]) => name.toLowerCase() === 'content-type' && !/^application\/json(; ?charset=utf-?8)?$/i.test(value))
  return other ? unsupportedMediaType('A request in a batch should be application/json, in UTF-8.') : undefined
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
