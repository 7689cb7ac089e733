import { articles } from '../fixture.ts'
import { all, get, send, type Row } from '../row.ts'

const blog = '/v1/buckets/blog'
const records = `/v1${articles}/records`

const objects = [
  blog,
  `${blog}/groups/editors`,
  `${blog}/collections/articles`,
  `${records}/first`,
  '/v1/accounts/owner',
  '/v1/buckets/default',
  '/v1/buckets/default/collections/mine/records/one'
]
const lists = [
  '/v1/buckets',
  `${blog}/groups`,
  `${blog}/collections`,
  records,
  '/v1/accounts',
  `${blog}/history`,
  '/v1/permissions',
  '/v1/buckets/default/collections'
]
const missing = [
  '/v1/buckets/none',
  `${blog}/groups/none`,
  `${blog}/collections/none`,
  `${records}/none`,
  `${records}/gone`,
  '/v1/buckets/none/collections/none/records/none',
  `${blog}/collections/none/records`
]
const utilities = [
  '/v1/__lbheartbeat__',
  '/v1/__version__',
  '/v1/contribute.json',
  '/v1/__metrics__',
  '/v1/batch',
  '/v1/__flush__',
  '/v1/unknown',
  '/v1/admin/',
  '/v1/openid/any/login'
]

const methods = ['GET', 'HEAD', 'OPTIONS', 'PUT', 'PATCH', 'POST', 'DELETE'] as const

function across(targets: readonly string[], wanted: readonly string[]): Row[] {
  return targets.flatMap(target =>
    wanted.map(method =>
      method.startsWith('P')
        ? send(method, target, { data: { title: 'written' } })
        : { method, target }
    )
  )
}

/** Every resource, with every method. */
export const resources: readonly Row[] = [
  ...across(objects, methods),
  ...across(lists, ['GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE']),
  ...across([records], ['PUT', 'PATCH']),
  ...across(missing, ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']),
  // Outside of `stepfunction.resources`, Kinto itself responds to the sub-resource.
  ...across(
    [
      `${records}/first/stepfunction`,
      `${records}/first/stepfunction/`,
      '/buckets/blog/collections/articles/records/first/stepfunction'
    ],
    methods
  ),
  ...across(utilities, ['GET', 'HEAD', 'OPTIONS', 'POST']),
  ...across(['/v1/batch', '/v1/unknown'], ['PUT', 'PATCH', 'DELETE'])
]

const announcing = ['/v1/', '/v1/__heartbeat__', '/v1/__api__']

/** The views that the service adds something to, and requests to them that it adds nothing to. */
export const announced: readonly Row[] = announcing.flatMap(target => [
  ...all(
    [
      get(target),
      { method: 'HEAD', target },
      { target, as: '' },
      { target, kinto: 'strict' },
      { target, kinto: 'readonly' },
      get(`${target}?x=1`),
      get(target, 'Origin: https://app.example'),
      get(target, 'Accept-Encoding: gzip, deflate'),
      get(target, 'If-None-Match: "1"'),
      { target, version: '1.0' },
      get(target, 'Accept: text/html')
    ],
    { differs: 'what the service adds' }
  ),
  { method: 'POST', target },
  { method: 'OPTIONS', target },
  { ...get(target, 'Origin: https://evil.example'), kinto: 'strict' }
])
