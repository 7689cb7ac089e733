import { articles } from '../fixture.ts'
import { get, send, type Row } from '../row.ts'

const records = `/v1${articles}/records`
const targets = [
  records,
  `${records}/first`,
  '/v1/batch',
  '/v1/none',
  '/buckets',
  '/v1/buckets/',
  '/v1/buckets/blog/history',
  '/v1/__lbheartbeat__'
]
const origins = ['https://app.example', 'https://a.b.example', 'https://evil.example', 'null']

function preflight(target: string, origin: string, method: string, ...headers: string[]): Row {
  return {
    method: 'OPTIONS',
    target,
    as: '',
    headers: [`Origin: ${origin}`, `Access-Control-Request-Method: ${method}`, ...headers]
  }
}

const asked = targets.flatMap(target =>
  origins.flatMap(origin => [
    get(target, `Origin: ${origin}`),
    preflight(target, origin, 'POST', 'Access-Control-Request-Headers: authorization,content-type')
  ])
)

/** Requests of pages of other origins: to a Kinto that takes them all, to one that takes some. */
export const crossOrigin: readonly Row[] = [
  ...asked,
  ...asked.map((row): Row => ({ ...row, kinto: 'strict' })),
  ...['', 'get', 'PURGE', 'PATCH', 'DELETE', 'PUT'].map(method =>
    preflight(`${records}/first`, 'https://app.example', method)
  ),
  preflight(records, '', 'GET'),
  { method: 'OPTIONS', target: records, headers: ['Origin: https://app.example'] },
  { method: 'OPTIONS', target: records, headers: ['Access-Control-Request-Method: GET'] },
  preflight(
    records,
    'https://app.example',
    'GET',
    'Access-Control-Request-Headers: X-Any, x-OTHER ,If-Match'
  ),
  preflight(records, 'https://app.example', 'GET', 'Access-Control-Request-Private-Network: true'),
  get(records, 'Origin: https://app.example', 'Origin: https://evil.example'),
  ...(['open', 'strict', 'readonly'] as const).flatMap((kinto): Row[] => [
    { ...send('PUT', `${records}/first`, { data: {} }, 'Origin: https://app.example'), kinto },
    {
      ...send(
        'PATCH',
        `${records}/first`,
        '{',
        'Origin: https://app.example',
        'Referer: https://app.example/x'
      ),
      kinto
    },
    { ...get('/v1/none', 'Origin: https://app.example'), kinto, as: '' },
    { ...preflight(records, 'https://app.example', 'PUT'), kinto }
  ])
]
