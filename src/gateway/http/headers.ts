import type { IncomingHttpHeaders } from 'node:http'
import { headerValues, selectHeaders } from '../../kinto/headers.ts'

/**
 * What the headers for Kinto are made from: parts of a client's request. Headers are a flat list of
 * names and values.
 */
export interface ReceivedRequest {
  rawHeaders: readonly string[]
  /** The `Host` and `Connection` headers, undefined where there is none. */
  host: string | undefined
  connection: string | undefined
  remoteAddress: string
  protocol: string
  /** Whether the client is a proxy whose `X-Forwarded-*` are believed. */
  trustProxy: boolean
}

// They concern one connection: https://www.rfc-editor.org/rfc/rfc9110.html#section-7.6.1
// Trailers are not passed on, so none is announced.
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade'
])

// Node has responded to `Expect: 100-continue` by the time a request is forwarded.
// `Proxy-Authorization` was meant for this hop.
const forThisServer = new Set(['expect', 'proxy-authorization'])

/**
 * The client's headers for Kinto, as the client spelled, ordered and repeated them. There is
 * exactly one `Host`, byte for byte the client's: Kinto builds URLs from it. A client of HTTP/1.0
 * may send none. Then it is empty, since undici would put in Kinto's address.
 */
export function forwardedRequestHeaders({
  rawHeaders,
  host = '',
  connection,
  remoteAddress,
  protocol,
  trustProxy
}: ReceivedRequest): string[] {
  const ofConnection = connectionNames(connection)
  const forwarded = new Set<string>()
  const headers = selectHeaders(rawHeaders, name => {
    if (name === 'host' || ofConnection.has(name) || forThisServer.has(name)) return false
    if (!isForwarded(name)) return true
    forwarded.add(name)
    return trustProxy && name !== 'x-forwarded-for'
  })
  const addresses =
    trustProxy && forwarded.has('x-forwarded-for') && !ofConnection.has('x-forwarded-for')
      ? [...headerValues(rawHeaders, 'x-forwarded-for'), remoteAddress].join(', ')
      : remoteAddress
  headers.unshift('Host', host)
  headers.push('X-Forwarded-For', addresses)
  if (host !== '' && !(trustProxy && forwarded.has('x-forwarded-host')))
    headers.push('X-Forwarded-Host', host)
  if (!(trustProxy && forwarded.has('x-forwarded-proto')))
    headers.push('X-Forwarded-Proto', protocol)
  return headers
}

/**
 * The headers of a request in a batch without those about how it travels. A client cannot decide
 * that there (`Connection` names nothing to Kinto).
 */
export function subRequestHeaders(headers: readonly string[]): string[] {
  return selectHeaders(
    headers,
    name =>
      !hopByHop.has(name) &&
      !forThisServer.has(name) &&
      name !== 'host' &&
      name !== 'content-length' &&
      !isForwarded(name)
  )
}

/**
 * The headers of Kinto's response that the client gets, as a flat list: all but those of the
 * connection to Kinto.
 */
export function endToEndHeaders(rawHeaders: readonly string[]): string[] {
  const dropped = connectionNames(headerValues(rawHeaders, 'connection').join())
  return selectHeaders(rawHeaders, name => !dropped.has(name))
}

/** The same for headers as an object with names in lower case. */
export function endToEndObject(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const dropped = connectionNames(headers.connection?.toString())
  const kept: IncomingHttpHeaders = {}
  // Half the price of Object.entries, and every response that passes comes through here.
  for (const name in headers) if (!dropped.has(name)) kept[name] = headers[name]
  return kept
}

// `Connection` may name further headers of the same kind. As a rule it names none.
function connectionNames(connection = ''): ReadonlySet<string> {
  if (/^(keep-alive|close|)$/i.test(connection)) return hopByHop
  return new Set([
    ...hopByHop,
    ...connection
      .toLowerCase()
      .split(',')
      .map(name => name.trim())
  ])
}

function isForwarded(name: string): boolean {
  return name === 'forwarded' || name.startsWith('x-forwarded-')
}
