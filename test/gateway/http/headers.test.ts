import t from 'tap'
import {
  endToEndHeaders,
  endToEndObject,
  forwardedRequestHeaders,
  type ReceivedRequest
} from '../../../src/gateway/http/headers.ts'
import { headerValues } from '../../../src/kinto/headers.ts'

function forwarded(rawHeaders: string[], options: Partial<ReceivedRequest> = {}): string[] {
  return forwardedRequestHeaders({
    rawHeaders,
    host: 'kinto.example',
    connection: headerValues(rawHeaders, 'connection').join(', '),
    remoteAddress: '192.0.2.9',
    protocol: 'http',
    trustProxy: false,
    ...options
  })
}

const ours = [
  'X-Forwarded-For',
  '192.0.2.9',
  'X-Forwarded-Host',
  'kinto.example',
  'X-Forwarded-Proto',
  'http'
]

t.test('requests', async t => {
  t.test('what concerns the connection, or this server, stays', async t => {
    t.strictSame(
      forwarded([
        'Connection',
        'Keep-Alive, X-Private',
        'Keep-Alive',
        'timeout=5',
        'x-private',
        '1',
        'Proxy-Connection',
        'close',
        'TE',
        'trailers',
        'Trailer',
        'X-Sum',
        'Transfer-Encoding',
        'chunked',
        'Upgrade',
        'h2c',
        'Expect',
        '100-continue',
        'Proxy-Authorization',
        'Basic x',
        'connection',
        ' x-other ,,',
        'X-Other',
        '2',
        'Authorization',
        'Basic y',
        'Content-Length',
        '2'
      ]),
      ['Host', 'kinto.example', 'Authorization', 'Basic y', 'Content-Length', '2', ...ours]
    )
  })

  t.test('Connection cannot name Host away, nor what the service adds', async t => {
    t.strictSame(forwarded(['Connection', 'host, x-forwarded-for', 'Host', 'kinto.example']), [
      'Host',
      'kinto.example',
      ...ours
    ])
  })

  t.test('there is one Host, the first', async t => {
    t.strictSame(forwarded(['Host', 'kinto.example', 'HOST', 'other.example']), [
      'Host',
      'kinto.example',
      ...ours
    ])
  })

  t.test('without one it is empty, and none is forwarded', async t => {
    t.strictSame(forwarded([], { host: undefined }), [
      'Host',
      '',
      'X-Forwarded-For',
      '192.0.2.9',
      'X-Forwarded-Proto',
      'http'
    ])
  })

  const client = [
    'X-Forwarded-For',
    '198.51.100.1',
    'x-forwarded-for',
    '198.51.100.2',
    'X-Forwarded-Host',
    'public.example',
    'X-Forwarded-Proto',
    'https',
    'X-Forwarded-Prefix',
    '/k',
    'Forwarded',
    'for=198.51.100.1'
  ]

  t.test("a stranger's X-Forwarded-* are replaced", async t => {
    t.strictSame(forwarded(client), ['Host', 'kinto.example', ...ours])
  })

  t.test("a trusted proxy's are passed on, its own address added", async t => {
    t.strictSame(forwarded(client, { trustProxy: true }), [
      'Host',
      'kinto.example',
      'X-Forwarded-Host',
      'public.example',
      'X-Forwarded-Proto',
      'https',
      'X-Forwarded-Prefix',
      '/k',
      'Forwarded',
      'for=198.51.100.1',
      'X-Forwarded-For',
      '198.51.100.1, 198.51.100.2, 192.0.2.9'
    ])
  })

  t.test('what a trusted proxy leaves out is added', async t => {
    t.strictSame(forwarded([], { trustProxy: true }), ['Host', 'kinto.example', ...ours])
  })
})

t.test('answers', async t => {
  t.test('as a flat list', async t => {
    t.strictSame(
      endToEndHeaders([
        'Connection',
        'close, X-Secret',
        'X-Secret',
        '1',
        'Keep-Alive',
        'timeout=1',
        'Transfer-Encoding',
        'chunked',
        'Trailer',
        'X-Sum',
        'Upgrade',
        'h2c',
        'Etag',
        '"1"',
        'Www-Authenticate',
        'a',
        'Www-Authenticate',
        'b',
        'Content-Length',
        '2'
      ]),
      ['Etag', '"1"', 'Www-Authenticate', 'a', 'Www-Authenticate', 'b', 'Content-Length', '2']
    )
  })

  t.test('as an object', async t => {
    t.strictSame(
      endToEndObject({
        connection: 'close, X-Secret',
        'x-secret': '1',
        'keep-alive': 'timeout=1',
        'transfer-encoding': 'chunked',
        etag: '"1"',
        'set-cookie': ['a', 'b']
      }),
      { etag: '"1"', 'set-cookie': ['a', 'b'] }
    )
    t.strictSame(endToEndObject({ etag: '"1"' }), { etag: '"1"' })
  })
})
