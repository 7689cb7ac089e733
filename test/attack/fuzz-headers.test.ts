import * as fc from 'fast-check'
import t from 'tap'
import { endToEndHeaders, forwardedRequestHeaders } from '../../src/gateway/http/headers.ts'
import { headerValues } from '../../src/kinto/headers.ts'
import { fuzzRuns } from './runs.ts'

fc.configureGlobal(fuzzRuns(2_000))

const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade'
])
const name = fc.oneof(
  fc.constantFrom(
    'Connection',
    'Keep-Alive',
    'TE',
    'Upgrade',
    'Transfer-Encoding',
    'Host',
    'X-Forwarded-For',
    'x-forwarded-host',
    'Forwarded',
    'Authorization',
    'Cookie',
    'X-A',
    'x-a',
    'Expect'
  ),
  fc.stringMatching(/^[!#$%&'*+.^_`|~A-Za-z0-9-]{1,12}$/)
)
const value = fc.oneof(
  fc.constantFrom('close', 'keep-alive, X-A', 'x-a,authorization', 'chunked', '1.2.3.4'),
  fc.stringMatching(/^[\x20-\x7e\x80-\xff]{0,20}$/)
)
const headers = fc.array(fc.tuple(name, value), { maxLength: 12 }).map(pairs => pairs.flat())

function pairs(flat: readonly string[]): [string, string][] {
  return flat.flatMap((text, index): [string, string][] =>
    index % 2 === 0 ? [[text.toLowerCase(), flat[index + 1] ?? '']] : []
  )
}

function named(flat: readonly string[]): Set<string> {
  return new Set(
    pairs(flat).flatMap(([header, text]) =>
      header === 'connection'
        ? text
            .toLowerCase()
            .split(',')
            .map(part => part.trim())
        : []
    )
  )
}

t.test('headers of requests', async t => {
  fc.assert(
    fc.property(headers, fc.boolean(), (rawHeaders, trustProxy) => {
      const sent = pairs(
        forwardedRequestHeaders({
          rawHeaders,
          host: 'kinto.example',
          connection: headerValues(rawHeaders, 'connection').join(', '),
          remoteAddress: '192.0.2.1',
          protocol: 'http',
          trustProxy
        })
      )
      const ours = new Set(['host', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto'])
      const gone = named(rawHeaders)
      const expected = pairs(rawHeaders).filter(
        ([header]) =>
          !hopByHop.has(header) &&
          !gone.has(header) &&
          !ours.has(header) &&
          !['expect', 'proxy-authorization'].includes(header) &&
          (trustProxy || !/^(x-)?forwarded/.test(header))
      )
      const others = sent.filter(([header]) => !ours.has(header))
      return (
        JSON.stringify(others) === JSON.stringify(expected) &&
        sent.filter(([header]) => header === 'host').length === 1 &&
        sent.filter(([header]) => header === 'x-forwarded-for').length === 1
      )
    })
  )
  t.pass('all that a client sent, in order, and nothing of the connection')
})

t.test('headers of answers', async t => {
  fc.assert(
    fc.property(headers, rawHeaders => {
      const gone = named(rawHeaders)
      return (
        JSON.stringify(pairs(endToEndHeaders(rawHeaders))) ===
        JSON.stringify(
          pairs(rawHeaders).filter(([header]) => !hopByHop.has(header) && !gone.has(header))
        )
      )
    })
  )
  t.pass('all that Kinto sent, in order, and nothing of the connection')
})
