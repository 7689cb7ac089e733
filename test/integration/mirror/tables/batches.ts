import { articles, version } from '../fixture.ts'
import { all, send, type Row } from '../row.ts'

const records = `${articles}/records`
const read = { path: `${records}/first` }

function batch(...requests: unknown[]): Row {
  return send('POST', '/v1/batch', { requests })
}

/** Batches that Kinto carries out, and batches that it refuses. */
export const batches: readonly Row[] = [
  batch(),
  batch(read),
  batch(
    read,
    { path: `/v1${records}/first` },
    { path: `${records}/first?_fields=title` },
    { path: '/' }
  ),
  batch(...Array.from({ length: 25 }, () => read)),
  batch(...Array.from({ length: 26 }, () => read)),
  batch(
    { path: `${records}/none` },
    {
      method: 'PATCH',
      path: `${records}/first`,
      body: { data: { a: 1 } },
      headers: { 'If-Match': '"1"' }
    },
    read
  ),
  batch(
    {
      method: 'PATCH',
      path: `${records}/first`,
      body: { data: { a: 1 } },
      headers: { 'if-match': version.first }
    },
    read
  ),
  batch(
    { method: 'POST', path: records, body: { data: { title: 'new' } } },
    { method: 'DELETE', path: `${records}/second` },
    { path: records }
  ),
  batch(
    read,
    { method: 'POST', path: `${records}/first/stepfunction`, body: { answer: 'SUCCEED' } },
    read
  ),
  batch({ method: 'HEAD', path: records }, { method: 'TRACE', path: '/' }),
  ...['OPTIONS', 'get', 'CONNECT', 'PURGE', '', 1, null].map(method =>
    batch({ method, path: '/' })
  ),
  ...[
    '',
    'buckets',
    '/batch',
    '/v1/batch',
    '/buckets/batcher',
    '/buckets/blog/',
    '/v10/x',
    '/v1foo',
    '/none',
    '//',
    '/buckets/%C3%A9',
    '/buckets/\u{e9}',
    '/buckets/-',
    '/buckets/blog?_fields=id',
    1,
    null
  ].map(path => batch({ path })),
  ...[null, [], 'text', {}, { data: {} }, { other: 1 }].map(body =>
    batch({ method: 'PUT', path: `${records}/first`, body })
  ),
  ...[
    null,
    [],
    'text',
    { Authorization: '' },
    { Authorization: 'Basic bad' },
    { 'Content-Type': 'application/merge-patch+json' },
    { a: 1 },
    { Accept: 'text/html' },
    { Origin: 'https://app.example' }
  ].map(headers => batch({ ...read, headers })),
  batch({}),
  batch(null),
  batch([]),
  batch({ path: '/', unknown: 1 }),
  ...[
    [],
    'text',
    1,
    null,
    { requests: {} },
    { requests: null },
    {},
    { requests: [], unknown: 1 },
    { requests: [], defaults: {} },
    { requests: [{}], defaults: read },
    { defaults: read }
  ].map(body => send('POST', '/v1/batch', body)),
  send('POST', '/v1/batch', {
    defaults: {
      method: 'PUT',
      path: `${records}/new`,
      headers: { 'X-One': '1' },
      body: { data: { a: 1, b: { c: 1 } } }
    },
    requests: [{}, { body: { data: { b: { d: 2 } } } }, { path: '/', method: 'GET' }]
  }),
  ...[
    '',
    '{',
    '{"requests":[NaN]}',
    '{"requests":[{"path":"/"},]}',
    '\u{FEFF}{"requests":[]}',
    '{"requests":[],"requests":[{"path":"/"}]}'
  ].map(text => send('POST', '/v1/batch', text)),
  send(
    'POST',
    '/v1/batch',
    `{"requests":[{"method":"PUT","path":"${records}/first","body":{"data":{` +
      '"big":9007199254740993,"one":1.0,"minus":-0.0,"huge":123456789012345678901234567890}}},' +
      `{"path":"${records}/numbers"}]}`
  ),
  { method: 'POST', target: '/v1/batch', body: JSON.stringify({ requests: [read] }) },
  ...['text/plain', 'application/json; charset=utf-8', 'application/x-www-form-urlencoded'].map(
    (type): Row => ({
      method: 'POST',
      target: '/v1/batch',
      headers: [`Content-Type: ${type}`],
      body: JSON.stringify({ requests: [read] })
    })
  ),
  send('POST', '/v1/batch', { requests: [read] }, `If-None-Match: ${version.first}`),
  send('POST', '/v1/batch', { requests: [read] }, 'Origin: https://app.example'),
  send('POST', '/batch', { requests: [read] }),
  send('POST', '/v1/batch?x=1', { requests: [read] }),
  ...all(
    [
      batch(read, { method: 'PUT', path: `${records}/first`, body: { data: {} } }),
      batch({ path: '/buckets/blog' })
    ],
    { as: '' }
  ),
  ...(['strict', 'readonly'] as const).flatMap(kinto =>
    all([batch(read), batch({ path: '/' })], { kinto })
  ),
  {
    ...send('POST', '/v1/batch', { requests: [read] }, 'Origin: https://evil.example'),
    kinto: 'strict'
  },
  { ...batch(...Array.from({ length: 41 }, () => read)), kinto: 'strict' }
]
