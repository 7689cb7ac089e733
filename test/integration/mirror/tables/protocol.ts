import { METHODS } from 'node:http'
import { articles } from '../fixture.ts'
import { all, get, publicHost, send, type Row } from '../row.ts'

const records = `/v1${articles}/records`
const first = `${records}/first`

const old: readonly Row[] = [
  get(first),
  get('/v1/none'),
  get('/buckets'),
  get(`${records}?_limit=2`),
  get(first, 'Connection: keep-alive'),
  get(first, 'Connection: close'),
  { method: 'HEAD', target: records },
  send('PUT', first, { data: {} }),
  send('PUT', first, '{'),
  { method: 'DELETE', target: first },
  { method: 'POST', target: records, body: '' }
]

const types = [
  'application/json',
  'text/html',
  '*/*',
  'text/*, application/json;q=0.1',
  'application/*',
  'application/json; charset=utf-8',
  '',
  'none',
  'image/png;q=x',
  'application/merge-patch+json'
]

/** HTTP itself: versions, methods, connections, what is accepted, and what is malformed. */
export const protocol: readonly Row[] = [
  ...METHODS.filter(method => method !== 'CONNECT' && method !== 'QUERY').flatMap(
    (method): Row[] => [
      { method, target: first },
      { method, target: '/v1/batch' }
    ]
  ),
  ...['TRACE', 'PROPFIND', 'PURGE'].flatMap((method): Row[] => [
    { method, target: '/v1/none' },
    { method, target: '/buckets' },
    send(method, first, { data: {} }),
    { method, target: first, as: '' },
    { method, target: first, kinto: 'readonly' }
  ]),
  ...all(old, { version: '1.0' }),
  ...['keep-alive', 'close', 'X-One', 'close, X-One', 'Upgrade', ''].map(value =>
    get(first, `Connection: ${value}`, 'X-One: 1')
  ),
  get(
    first,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=='
  ),
  get(
    first,
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABkAAQAAP__'
  ),
  get(first, 'TE: trailers'),
  get(first, 'Keep-Alive: timeout=5'),
  get(first, 'Via: 1.1 other'),
  get(first, 'Max-Forwards: 0'),
  get(first, 'Cache-Control: no-cache', 'Pragma: no-cache'),
  ...types.flatMap(type => [
    get(first, `Accept: ${type}`),
    send('PUT', first, { data: {} }, `Accept: ${type}`)
  ]),
  ...['gzip', 'gzip, deflate, br', 'identity', 'identity;q=0', '*;q=0', ''].map(coding =>
    get(records, `Accept-Encoding: ${coding}`)
  ),
  ...['fr', 'de-DE,de;q=0.9', '*'].map(language =>
    get('/v1/buckets/none', `Accept-Language: ${language}`)
  ),
  get(first, 'X-Latin: caf\xe9'),
  get(first, 'X-Empty:'),
  get(first, 'X-Tab:\ta\tb'),
  get(first, 'Host-Not: x'),
  ...(['strict', 'readonly'] as const).flatMap(kinto =>
    all(
      [
        get(first),
        { method: 'HEAD', target: records },
        send('PUT', first, { data: {} }),
        { method: 'DELETE', target: first },
        get('/v1/none'),
        get('/v1/__lbheartbeat__'),
        get('/buckets'),
        { target: first, as: '' },
        { method: 'OPTIONS', target: first }
      ],
      { kinto }
    )
  ),
  {
    ...send('PATCH', '/v1/buckets/blog/groups/editors', { data: { members: [] } }),
    kinto: 'strict'
  },
  get(first, 'Host: other.example'),
  get(first, `Host: ${publicHost}`),
  { target: '/v1/buckets/', version: '1.0', host: null },
  {
    ...send('PUT', first, '2\r\n{}\r\n0\r\nX-Trailer: 1\r\n\r\n'),
    headers: ['Content-Type: application/json', 'Transfer-Encoding: chunked', 'Trailer: X-Trailer']
  },
  ...all(
    [
      get(first, 'X Space: 1'),
      get(first, 'X-Control: \x01'),
      { method: 'patch', target: first, body: '{}' },
      {
        method: 'PUT',
        target: first,
        headers: ['Content-Length: 2', 'Content-Length: 3'],
        body: '{}'
      },
      { method: 'PUT', target: first, headers: ['Content-Length: two'], body: '{}' },
      ...['gzip', 'gzip, chunked', 'identity'].map((coding): Row => ({
        method: 'PUT',
        target: first,
        body: '0\r\n\r\n',
        headers: [`Transfer-Encoding: ${coding}`]
      })),
      get(first, `X-Large: ${'x'.repeat(260 * 1024)}`)
    ],
    { differs: 'malformed' }
  ),
  ...all(
    [
      { target: first, host: null },
      get(first, 'X-Folded: a', ' b'),
      {
        method: 'PUT',
        target: first,
        headers: ['Content-Length: 2', 'Transfer-Encoding: chunked'],
        body: '0\r\n\r\n'
      }
    ],
    { differs: 'stricter parser' }
  ),
  ...['UNHEARDOF', 'COFFEE'].map((method): Row => ({
    method,
    target: first,
    differs: 'unknown method'
  })),
  ...all(
    [
      { target: `${records}?_limit=2`, version: '1.0', host: null },
      get(`${records}?_limit=2`, 'Host: other.example')
    ],
    { differs: 'not one Host' }
  ),
  { method: 'OPTIONS', target: '*', differs: 'asterisk' },
  ...all([get('http://other.example'), get('http://other.example?x=1')], { differs: 'no path' }),
  { method: 'CONNECT', target: 'other.example:443', differs: 'no tunnel' }
]
