import { articles } from '../fixture.ts'
import { all, basic, get, send, type Row } from '../row.ts'

const records = `/v1${articles}/records`
const views = [
  '/v1/buckets',
  '/v1/buckets/blog',
  '/v1/buckets/blog/collections/drafts/records',
  records,
  `${records}/first`,
  `${records}/shared`,
  `${records}/none`,
  '/v1/buckets/none',
  '/v1/buckets/default',
  '/v1/accounts',
  '/v1/permissions',
  '/v1/buckets/blog/history'
]
const account: Row = {
  ...send('PUT', '/v1/accounts/alice', { data: { password: 'secret' } }),
  as: ''
}

const values = [
  'Basic',
  'Basic !!!',
  'Basic YWxpY2U=',
  'Basic YWxpY2U6d3Jvbmc=',
  `basic ${basic('owner').slice(6)}`,
  'Bearer abc',
  'Portier abc',
  'Unknown',
  '',
  `${basic('owner')}, ${basic('other')}`,
  ` ${basic('owner')}  `,
  'Basic Y2Fm6Tp4',
  'Digest username="x"'
]

function writes(as: string): Row[] {
  return all(
    [
      send('PUT', `${records}/first`, { data: {} }),
      send('POST', records, { data: {} }),
      send('PATCH', `${records}/shared`, { data: { a: 1 } }),
      send('PATCH', `${records}/none`, { data: { a: 1 } }),
      send('PUT', '/v1/buckets/new', {}),
      send('PUT', '/v1/accounts/bob', { data: { password: 'x' } }),
      { method: 'DELETE', target: '/v1/buckets/blog' }
    ],
    { as }
  )
}

/** Requests of nobody, of others, with a wrong password, or with two credentials. */
export const credentials: readonly Row[] = [
  ...['', 'other'].flatMap(as => views.map((target): Row => ({ target, as }))),
  ...writes(''),
  ...writes('other'),
  ...values.flatMap((value): Row[] => [
    { ...get(`${records}/first`, `Authorization: ${value}`), as: '' },
    { ...get('/v1/buckets', `Authorization: ${value}`), as: '', kinto: 'readonly' }
  ]),
  get('/v1/buckets', `Authorization: ${basic('other')}`),
  {
    ...get('/v1/buckets', 'Authorization: Bearer abc', `Authorization: ${basic('owner')}`),
    as: ''
  },
  { ...get('/v1/buckets', `authorization: ${basic('owner')}`), as: '' },
  { ...get('/v1/buckets', `AUTHORIZATION:${basic('owner')}`), as: '' },
  get('/v1/buckets', 'Cookie: a=1', 'Cookie: b=2'),
  get('/v1/buckets', 'X-Request-Id: one', 'X-Request-Id: two'),
  get('/v1/buckets', 'Accept: application/json', 'Accept: text/html'),
  get('/v1/buckets', 'Proxy-Authorization: Basic abc'),
  get(
    '/v1/buckets',
    ...Array.from({ length: 500 }, (_none, index) => `X-Header-${index}: ${index}`)
  ),
  ...all(
    [
      { ...get('/v1/accounts/alice'), as: 'alice' },
      { ...get('/v1/buckets', 'Authorization: Basic YWxpY2U6d3Jvbmc='), as: '' }
    ],
    { before: [account] }
  )
]
