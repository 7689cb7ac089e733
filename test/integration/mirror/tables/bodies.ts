import { gzipSync } from 'node:zlib'
import { articles } from '../fixture.ts'
import { all, send, type Row } from '../row.ts'

const first = `/v1${articles}/records/first`
const data = '{"data":{"title":"new"}}'

const types = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json;charset=latin1',
  'Application/JSON',
  'application/merge-patch+json',
  'application/merge-patch+json; charset=utf-8',
  'application/json-patch+json',
  'application/vnd.api+json',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain; charset=latin1',
  'text/html',
  'json',
  '',
  '*/*',
  'application/json, text/plain'
]

function typed(method: string, type: string, body: string | Buffer): Row {
  return { method, target: first, body, headers: [`Content-Type: ${type}`] }
}

const latin1 = Buffer.from('{"data":{"title":"caf\xe9"}}', 'latin1')

const json = [
  '',
  '{}',
  'null',
  '[]',
  '42',
  '"text"',
  '{"data":',
  '{"data":null}',
  '{"data":[]}',
  '{"data":"text"}',
  '{"other":1}',
  '{"data":{},"other":1}',
  '\u{FEFF}{}',
  ' {"data":{}} ',
  '{"data":{"id":"other"}}',
  '{"data":{"last_modified":"text"}}',
  '{"data":{"last_modified":1}}',
  '{"data":{"last_modified":99999999999999999999}}',
  '{"data":{"big":9007199254740993,"one":1.0,"minus":-0.0,"exponent":1E5,"small":1e-400}}',
  '{"data":{"not":NaN}}',
  '{"data":{"a":1,"a":2}}',
  '{"data":{"title":"\\ud83d\\ude00 \\u0000 é"}}',
  '{"permissions":{"write":["system.Everyone"],"read":["account:alice"]}}',
  '{"permissions":{"none":[]}}',
  '{"data":{},"permissions":null}'
]

const patches: readonly (readonly [type: string, body: string])[] = [
  ['application/merge-patch+json', '{"data":{"title":null,"nested":{"deep":{"y":1}}}}'],
  ['application/merge-patch+json', '{"permissions":{"read":null}}'],
  [
    'application/json-patch+json',
    '[{"op":"replace","path":"/data/title","value":"patched"},{"op":"remove","path":"/data/size"}]'
  ],
  ['application/json-patch+json', '[{"op":"test","path":"/data/title","value":"other"}]'],
  ['application/json-patch+json', '[{"op":"none","path":"/data"}]'],
  ['application/json-patch+json; charset=utf-8', '[]']
]

const multipart =
  '--x\r\nContent-Disposition: form-data; name="attachment"; filename="a.bin"\r\n' +
  'Content-Type: application/octet-stream\r\n\r\n\0\xff\r\n--x--\r\n'

function chunked(body: string, size: number): string {
  const chunks = body.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []
  return [...chunks, '']
    .map(chunk => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`)
    .join('')
}

const large = `{"data":{"title":"${'x'.repeat(1_500_000)}"}}`

/** Bodies, and the headers that describe them. */
export const bodies: readonly Row[] = [
  ...['PUT', 'PATCH'].flatMap(method => types.map(type => typed(method, type, data))),
  ...['POST', 'DELETE'].flatMap(method =>
    ['text/plain', '', 'application/json'].map(type => ({
      ...typed(method, type, data),
      target: `/v1${articles}/records`
    }))
  ),
  ...['PUT', 'PATCH'].flatMap(method => json.map(body => send(method, first, body))),
  ...patches.map(([type, body]) => typed('PATCH', type, body)),
  typed('PATCH', 'text/plain; charset=latin1', latin1),
  typed('PUT', 'application/json', latin1),
  typed('PUT', 'application/json; charset=latin1', latin1),
  typed('POST', 'multipart/form-data; boundary=x', Buffer.from(multipart, 'latin1')),
  {
    ...typed('POST', 'multipart/form-data; boundary=x', Buffer.from(multipart, 'latin1')),
    target: `${first}/attachment`
  },
  {
    ...typed('POST', 'application/x-www-form-urlencoded', 'email=a%40b.example&redirect=x'),
    target: '/v1/portier/login'
  },
  { method: 'PUT', target: first, body: data },
  { method: 'PUT', target: first },
  {
    method: 'PUT',
    target: first,
    headers: ['Content-Type: application/json', 'Content-Length: 0']
  },
  { method: 'DELETE', target: first, headers: ['Content-Type: application/json'] },
  ...['GET', 'HEAD', 'DELETE', 'OPTIONS'].flatMap(method =>
    ['{}', '{"data":', data].map(body => send(method, first, body))
  ),
  send('PUT', first, gzipSync(data), 'Content-Encoding: gzip'),
  send('PUT', first, data, 'Content-Encoding: identity'),
  ...[5, 1000].map(size => ({
    ...send('PUT', first, chunked(data, size)),
    headers: ['Content-Type: application/json', 'Transfer-Encoding: chunked']
  })),
  {
    ...send('POST', `/v1${articles}/records`, chunked('', 1)),
    headers: ['Content-Type: application/json', 'Transfer-Encoding: chunked']
  },
  { ...send('GET', first, chunked('{}', 1)), headers: ['Transfer-Encoding: Chunked'] },
  { ...send('PUT', first, data, 'Expect: 100-continue'), waits: true },
  { ...send('PUT', first, data, 'Expect: 100-Continue'), waits: true },
  { ...send('PUT', first, '{', 'Expect: 100-continue'), waits: true },
  send('PUT', first, data, 'Expect: something-else'),
  ...[{}, { kinto: 'strict' as const }].map(change => ({
    ...send('PUT', first, large),
    ...change
  })),
  send('PUT', first, large.slice(0, -1)),
  ...all(
    [
      send('POST', '/v1/buckets/blog/collections/drafts/records', { data: { title: 1 } }),
      send('PUT', '/v1/buckets/blog/collections/drafts/records/x', { data: { title: 'x' } })
    ],
    { kinto: 'strict' }
  )
]
