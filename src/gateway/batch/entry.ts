import { parseJson } from '../../kinto/json.ts'
import { headerPairs, selectHeaders } from '../../kinto/headers.ts'
import type { Reply } from '../http/reply.ts'

/** One response within the response to a batch (`kinto/core/utils.py`, build_response). */
export interface Entry {
  path: string
  status: number
  headers: Record<string, string>
  body: unknown
}

// In a batch Kinto shows only headers that it made itself, in its own spelling. The servers in
// front of it add some, and change the spelling.
const ofTheServer = new Set(['date', 'server', 'via'])
const spelling = new Map([
  ['etag', 'ETag'],
  ['www-authenticate', 'WWW-Authenticate']
])

/** A response as Kinto shows it in a batch. Numbers keep their literal text. */
export function entryOf(path: string, method: string, { status, headers, body }: Reply): Entry {
  const shown = [
    ...selectHeaders(headers, name => !ofTheServer.has(name)),
    'Content-Length',
    String(Buffer.byteLength(body))
  ]
  return {
    path,
    status,
    headers: Object.fromEntries(namedValues(shown)),
    body: method === 'HEAD' ? '' : jsonOr(String(body))
  }
}

// As Python's `dict(headers)`: of a repeated name the last value counts.
function namedValues(headers: readonly string[]): [string, string][] {
  const pairs = headerPairs(headers).map(([name, value]): [string, string] => [
    spelling.get(name.toLowerCase()) ?? name,
    value
  ])
  return [...new Map(pairs.map(pair => [pair[0].toLowerCase(), pair])).values()]
}

function jsonOr(text: string): unknown {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}
