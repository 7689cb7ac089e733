import t from 'tap'
import { call, startAll } from '../../helpers/service.ts'
import { record, writers } from './waiting-record.ts'

const origin = { origin: 'https://page.example' }

t.test('errors are readable where Kinto lets them be', async t => {
  const all = await startAll(t)
  const url = `${all.url}/v1${record}/stepfunction`
  all.kinto.headers.push('Backoff', '30', 'Alert', '{}')
  all.kinto.store.put(record, { taskToken: 'T' }, writers)
  const refused = await call(url, {
    method: 'POST',
    user: 'alice',
    body: { answer: 'NO' },
    headers: origin
  })
  t.match(Object.fromEntries(refused.headers), {
    'access-control-allow-origin': '*',
    backoff: '30',
    alert: '{}',
    'content-type': 'application/json'
  })
  const relayed = await call(url, { method: 'POST', user: 'eve', body: {}, headers: origin })
  t.match(
    { ...relayed, headers: Object.fromEntries(relayed.headers) },
    { status: 403, headers: { 'access-control-allow-origin': '*', backoff: '30' } }
  )
  const early = await call(url, {
    method: 'POST',
    user: 'alice',
    body: 'x',
    headers: { ...origin, 'content-type': 'text/plain' }
  })
  t.match(
    { ...early, headers: Object.fromEntries(early.headers) },
    { status: 415, headers: { 'access-control-allow-origin': '*' } }
  )
})

t.test("a preflight gets Kinto's policy with the methods of the sub-resource", async t => {
  const all = await startAll(t)
  const url = `${all.url}/v1${record}/stepfunction`
  const preflight = await call(url, {
    method: 'OPTIONS',
    headers: {
      ...origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization'
    }
  })
  t.equal(preflight.status, 200)
  t.match(Object.fromEntries(preflight.headers), {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'GET,HEAD,POST,OPTIONS',
    'access-control-allow-headers': /authorization/,
    'access-control-max-age': '3600'
  })
  t.match(
    all.kinto.requests,
    [{ method: 'OPTIONS', url: `/v1${record}` }],
    'Kinto was asked for its policy on the record'
  )
  t.match(
    await call(url, {
      method: 'OPTIONS',
      headers: { ...origin, 'access-control-request-method': 'DELETE' }
    }),
    {
      status: 400,
      body: { details: [{ location: 'header', name: 'Access-Control-Request-Method' }] }
    }
  )
  all.kinto.fault({ method: 'OPTIONS' }, 400)
  t.match(
    await call(url, { method: 'OPTIONS', headers: origin }),
    { status: 400 },
    "Kinto's word on what is no preflight"
  )
})

t.test("another method gets Kinto's policy, and Kinto does not get the method", async t => {
  const all = await startAll(t)
  all.kinto.headers.push('Backoff', '30')
  const refused = await call(`${all.url}/v1${record}/stepfunction`, {
    method: 'DELETE',
    user: 'alice',
    headers: origin
  })
  t.match(
    { ...refused, headers: Object.fromEntries(refused.headers) },
    {
      status: 405,
      headers: {
        allow: 'GET, HEAD, POST, OPTIONS',
        'access-control-allow-origin': '*',
        backoff: '30'
      }
    }
  )
  t.equal(refused.headers.get('access-control-allow-methods'), null)
  t.match(all.kinto.requests, [{ method: 'OPTIONS', url: `/v1${record}` }])
  t.equal(all.kinto.requests.length, 1)
})
