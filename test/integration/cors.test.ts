import t, { type Test } from 'tap'
import { call, collection, startService, type Called } from '../helpers/service.ts'
import { needsParts, realKinto } from '../helpers/real.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'

const record = `/v1${collection}/records/r1`

const policies: [title: string, origins: string | undefined][] = [
  ['any page', undefined],
  ['some pages', 'https://*.page.example']
]

for (const [title, origins] of policies) {
  t.test(
    `the sub-resource follows Kinto's policy: ${title}`,
    needsParts("the sub-resource's CORS policy"),
    async t => {
      const { url, kinto } = await start(t, origins)
      for (const origin of ['https://a.page.example', 'https://evil.example', undefined]) {
        const headers: Record<string, string> = origin === undefined ? {} : { origin }
        const ask = (target: string, method: string, more: object = {}) =>
          call(`${url}${target}`, { method, user: 'alice', headers, ...more })
        const rows: [title: string, ours: Promise<Called>, kintos: Promise<Called>][] = [
          [
            'an answer that is refused',
            ask(`${record}/stepfunction`, 'POST', { body: { answer: 'NO' } }),
            ask(record, 'PUT', { body: { data: 1 } })
          ],
          [
            'a state',
            ask(`${record}/stepfunction`, 'GET'),
            ask('/v1/buckets/stepfunction/collections', 'POST', { body: { data: {} } })
          ],
          [
            'another method',
            ask(`${record}/stepfunction`, 'PUT', { body: {} }),
            ask(record, 'POST', { body: {} })
          ],
          [
            'a preflight',
            preflight(`${url}${record}/stepfunction`, 'POST', headers),
            preflight(`${kinto.url}${record}`, 'PATCH', headers)
          ],
          [
            'a preflight for another method',
            preflight(`${url}${record}/stepfunction`, 'DELETE', headers),
            preflight(`${kinto.url}${record}`, 'POST', headers)
          ],
          [
            'a preflight without a method',
            ask(`${record}/stepfunction`, 'OPTIONS'),
            call(`${kinto.url}${record}`, { method: 'OPTIONS', headers })
          ],
          [
            'a batch',
            ask('/v1/batch', 'POST', { body: { requests: [{ path: `${record}/stepfunction` }] } }),
            call(`${kinto.url}/v1/batch`, { method: 'POST', headers, body: { requests: [] } })
          ]
        ]
        for (const [what, ours, kintos] of rows)
          t.strictSame(
            policyOf(await ours),
            policyOf(await kintos),
            `${what}, from ${String(origin)}`
          )
      }
    }
  )
}

function preflight(url: string, method: string, headers: Record<string, string>): Promise<Called> {
  return call(url, {
    method: 'OPTIONS',
    headers: {
      ...headers,
      'access-control-request-method': method,
      'access-control-request-headers': 'Authorization,X-Y'
    }
  })
}

function policyOf({ headers }: Called): unknown {
  const names = [
    'access-control-allow-origin',
    'access-control-max-age',
    'x-content-type-options',
    'content-security-policy'
  ]
  const sets = ['access-control-allow-headers', 'access-control-expose-headers']
  return {
    ...Object.fromEntries(names.map(name => [name, headers.get(name)])),
    ...Object.fromEntries(
      sets.map(name => [
        name,
        headers
          .get(name)
          ?.split(/, ?/)
          .filter(listed => !ofObjects.has(listed))
          .toSorted()
      ])
    )
  }
}

// Kinto exposes these headers where it shows an object.
const ofObjects = new Set(['Last-Modified', 'ETag', 'Cache-Control', 'Expires', 'Pragma'])

async function start(t: Test, origins: string | undefined) {
  const kinto = await realKinto(t, {
    settings: origins === undefined ? {} : { 'kinto.cors_origins': origins }
  })
  const service = await startService(t, kinto, await startStepFunctions(t))
  const put = (path: string, body: object) =>
    call(`${kinto.url}/v1${path}`, { method: 'PUT', user: 'alice', body })
  await put('/accounts/alice', { data: { password: 'secret' } })
  await put('/buckets/stepfunction', {})
  await put(collection, {})
  await put(`${collection}/records/r1`, { data: { taskToken: 'T' } })
  return { kinto, url: service.url }
}
