import type { IncomingMessage } from 'node:http'
import { selectHeaders } from '../../kinto/headers.ts'

/**
 * The head of a request without its offer to change the protocol, as bytes that can be read again.
 * Kinto's server ignores such an offer too: https://www.rfc-editor.org/rfc/rfc9110.html#section-7.8
 */
export function headWithoutUpgrade({
  method,
  url,
  httpVersion,
  rawHeaders
}: Pick<IncomingMessage, 'method' | 'url' | 'httpVersion' | 'rawHeaders'>): Buffer {
  const fields = selectHeaders(rawHeaders, name => name !== 'upgrade')
  const lines = fields.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${fields[index + 1]}`] : []
  )
  const head = [`${method} ${url} HTTP/${httpVersion}`, ...lines, '', ''].join('\r\n')
  return Buffer.from(head, 'latin1')
}
