import { articles, version } from '../fixture.ts'
import { get, send, type Row } from '../row.ts'

const records = `/v1${articles}/records`
const first = `${records}/first`
const data = { data: { title: 'new' } }

const values = [
  version.first,
  '"1"',
  '"0"',
  '*',
  'W/"1"',
  '"abc"',
  '1',
  '',
  `${version.first}, "1"`,
  '"99999999999999999999"'
]

/** Preconditions, on every method. */
export const conditions: readonly Row[] = [
  ...['If-Match', 'If-None-Match'].flatMap(name =>
    values.flatMap(value => [
      get(first, `${name}: ${value}`),
      send('PATCH', first, data, `${name}: ${value}`),
      { method: 'DELETE', target: first, headers: [`${name}: ${value}`] }
    ])
  ),
  ...['If-Match', 'If-None-Match'].flatMap(name =>
    [version.list, '*'].flatMap(value => [
      get(records, `${name}: ${value}`),
      { method: 'HEAD', target: records, headers: [`${name}: ${value}`] },
      send('POST', records, data, `${name}: ${value}`),
      send('PUT', first, data, `${name}: ${value}`),
      { method: 'DELETE', target: records, headers: [`${name}: ${value}`] },
      send('PUT', `${records}/none`, data, `${name}: ${value}`)
    ])
  ),
  { method: 'HEAD', target: first, headers: [`If-None-Match: ${version.first}`] },
  get(first, 'If-Modified-Since: Tue, 14 Nov 2023 22:13:20 GMT'),
  get(first, 'If-Modified-Since: Tue, 14 Nov 2090 22:13:20 GMT'),
  get(first, 'If-Unmodified-Since: Tue, 14 Nov 1990 22:13:20 GMT'),
  get(first, 'Range: bytes=0-9'),
  get(first, `If-Match: ${version.first}`, 'If-Match: "1"'),
  get(first, `If-None-Match: ${version.first}`, `If-Match: ${version.first}`),
  send('PATCH', first, data, 'Response-Behavior: light'),
  { ...send('PATCH', first, data, 'Response-Behavior: diff'), kinto: 'strict' },
  { ...send('PATCH', first, data, 'Response-Behavior: other'), kinto: 'strict' }
]
