import { articles } from '../fixture.ts'
import { all, get, send, type Row } from '../row.ts'

const records = `/v1${articles}/records`

const ids = [
  '-x',
  '_x',
  'a.b',
  '%C3%A9',
  '%E9',
  '%FF',
  'fi%72st',
  'first%0A',
  'first%0a%0a',
  '%2Ffirst',
  'first%2F',
  'first%2Fstepfunction%2F',
  '%2e%2e',
  '..',
  '.',
  '%00',
  '%20',
  '+',
  'a%20b',
  'first;x=1',
  ':',
  '@',
  '%zz',
  '%',
  '%25',
  '"',
  '<>',
  '{}',
  '|',
  '\\',
  '^',
  '`',
  "'",
  '$',
  '~',
  '*',
  'FIRST',
  'x'.repeat(300)
]

const paths = [
  '/',
  '/v1',
  '/v1/?x=1',
  '/v1//',
  '//',
  '///',
  '/V1/',
  '/v0/',
  '/v2/buckets',
  '/v10/',
  '/v1x',
  '/v1.1/',
  '/buckets',
  '/buckets/blog?x=1',
  '/favicon.ico',
  '/robots.txt',
  '/__heartbeat__/',
  '/v1/__heartbeat__/',
  '/v1/__lbheartbeat__/',
  '/v1/buckets/',
  '/v1/buckets/blog/',
  '/v1/buckets/blog//',
  '/v1/buckets//blog',
  `${records}/`,
  `${records}/first/`,
  `${records}/first/?_fields=title`,
  `${records}//first`,
  `${records}/./first`,
  `${records}/none/../first`,
  '/v1/../v1/',
  '/v1/./',
  '/v1/%62uckets',
  '/%76%31/buckets',
  '/v1/buckets%2Fblog',
  '/v1/buckets/%64efault/collections',
  '/v1/buckets/blog/collections/art%69cles',
  '/v1/buckets/-/collections/-/records/-',
  '/#',
  '/v1/buckets#',
  `${records}/first/stepfunctions`,
  `${records}/first/stepfunction/x`,
  '/v1/buckets/blog/stepfunction',
  `/v1/${'a'.repeat(8000)}`,
  '/plain',
  '/answer/v1/blog/articles/first',
  '/v1/%2e%2e/%2e%2e/etc/passwd',
  '/v1/buckets/blog/collections/articles/records/first%23x',
  '/v1/buckets/blog%3Fx=1'
]

const absolute = [
  'http://other.example/v1/buckets',
  'https://other.example:8443/v1/buckets/blog',
  'http://other.example/v1/buckets?_limit=1',
  'ftp://other.example/v1/buckets'
]

// Kinto's root view in other spellings.
const rootViews = [
  '//v1/',
  '/v1/#fragment',
  '/%76%31/',
  'HTTP://other.example/v1/',
  'ftp://other.example/v1/'
]

/** Paths and ids in every spelling, and targets in absolute form. */
export const targets: readonly Row[] = [
  ...ids.map(id => get(`${records}/${id}`)),
  ...['\xc3\xa9', '\xe9'].flatMap(id =>
    all([get(`${records}/${id}`), send('PUT', `${records}/${id}`, {})], { differs: 'malformed' })
  ),
  ...ids.map(id => send('PUT', `${records}/${id}`, { data: {} })),
  ...ids.slice(0, 16).map(id => get(`/v1/buckets/${id}/collections/${id}/records`)),
  ...ids
    .slice(0, 16)
    .map((id): Row => ({ method: 'DELETE', target: `/v1/buckets/blog/collections/${id}` })),
  ...paths.filter(path => path !== '/v1/?x=1').map(path => get(path)),
  ...['/', '/buckets', '/v1/buckets/', '/v1/batch/', '/accounts/', '/__flush__', '/batch'].flatMap(
    path => [
      send('POST', path, { data: {} }),
      { method: 'OPTIONS', target: path },
      { method: 'HEAD', target: path }
    ]
  ),
  ...['/', '/v1', '/buckets', '/v1/buckets/', '/__flush__', '/v1/admin', '/v1/admin/'].map(
    (target): Row => ({ target, kinto: 'strict' })
  ),
  ...['/', '/v1', '/v1/buckets/', '/v1/none'].flatMap(path => [
    get(path, 'Accept: text/html'),
    get(path, 'Origin: https://app.example'),
    get(path, 'Accept: application/json')
  ]),
  ...absolute.map(target => get(target)),
  ...all(
    rootViews.map(target => get(target)),
    { differs: 'what the service adds' }
  ),
  {
    method: 'OPTIONS',
    target: 'http://other.example/v1/buckets',
    headers: ['Origin: https://app.example', 'Access-Control-Request-Method: GET']
  }
]
