import { articles } from '../fixture.ts'
import { all, get, type Row } from '../row.ts'

const records = `/v1${articles}/records`

const filters = [
  'size=2',
  'min_size=1',
  'gt_size=1&lt_size=3',
  'not_size=0',
  'in_id=first,second',
  'exclude_id=first',
  'like_title=irst',
  'like_title=*d*',
  'has_extra=true',
  'has_extra=maybe',
  'contains_tags=a',
  'contains_any_tags=%5B%22first%22,1%5D',
  'nested.deep.x=1',
  'title=%22second%22',
  'title=a+b',
  'title=a%20b',
  'title=%C3%A9',
  'title=caf%E9',
  'size="2"',
  'none=1',
  '_since=1700000000011',
  '_since=%221700000000011%22',
  '_since=abc',
  '_before=1700000000012',
  '_to=1700000000012',
  'last_modified=1700000000012',
  'gt_last_modified=x',
  '_sort=size',
  '_sort=-size,title',
  '_sort=none',
  '_sort=',
  '_fields=title',
  '_fields=id,nested.deep',
  '_fields=',
  '_limit=1',
  '_limit=0',
  '_limit=-1',
  '_limit=x',
  '_limit=99999',
  '_token=abc',
  '_token=e30=',
  '_token=%FF',
  '_unknown=1',
  '',
  '&&&',
  '?',
  '=',
  'a=1&a=2',
  'a[]=1',
  '%zz=1',
  '%',
  '_sort=size#fragment',
  'size=2;size=3',
  "title='",
  'title=<>"{}|\\^`',
  `in_id=${'first,'.repeat(1500)}`
]

const bucketFilters = ['_limit=1', 'id=blog', '_fields=id', '_sort=-last_modified']

/** Filters, sorting, paging and fields. The test follows each `Next-Page` to the end. */
export const queries: readonly Row[] = [
  ...filters.map(query => get(`${records}?${query}`)),
  { ...get(`${records}?title=\xe9`), differs: 'malformed' },
  ...['size=2', '_limit=2', '_since=1700000000011', '_fields=title', '_sort=none'].map(
    (query): Row => ({ method: 'HEAD', target: `${records}?${query}` })
  ),
  ...['min_size=3', '_limit=2', 'last_modified=1', '_before=%221700000000012%22'].map(
    (query): Row => ({ method: 'DELETE', target: `${records}?${query}` })
  ),
  ...[
    '/v1/buckets',
    '/v1/buckets/blog/collections',
    '/v1/buckets/blog/groups',
    '/v1/buckets/blog/history',
    '/v1/permissions'
  ].flatMap(list => bucketFilters.map(query => get(`${list}?${query}`))),
  ...['_fields=title', '_fields=none', 'anything=1', '_limit=1'].map(query =>
    get(`${records}/first?${query}`)
  ),
  get('/v1/buckets/blog/history?action=create&_limit=4'),
  get('/v1/buckets/blog/history?target.data.id=first'),
  ...all(
    [
      get(records),
      get(`${records}?_limit=2`),
      get(`${records}?_limit=5&_sort=size`),
      get(`${records}?_limit=2`, 'Origin: https://app.example')
    ],
    { kinto: 'strict' }
  ),
  { target: `${records}?_limit=2`, host: '127.0.0.1' },
  { target: `${records}?_limit=2`, host: 'EXAMPLE.org:80' },
  { target: `${records}?_limit=2`, host: '[::1]:8888' },
  get(
    `${records}?_limit=2`,
    'X-Forwarded-Host: other.example',
    'X-Forwarded-Proto: https',
    'Forwarded: host=other.example;proto=https'
  )
]
