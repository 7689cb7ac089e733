import t from 'tap'
import { as, call, collection, startAll } from '../../helpers/service.ts'
import { openRaw, sendRaw } from '../../helpers/raw.ts'

const record = `${collection}/records/r1`
const writers = { write: ['account:alice'] }
const origin = { origin: 'https://page.example' }

t.test("what is wrong with a request is said in Kinto's shape", async t => {
  const all = await startAll(t)
  const url = `${all.url}/v1${record}/stepfunction`
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    call(url, { method: 'POST', user: 'alice', body, headers })
  const rows: [title: string, reply: ReturnType<typeof call>, expected: object][] = [
    [
      'another method',
      call(url, { method: 'PUT', user: 'alice', body: {} }),
      { status: 405, body: { code: 405, errno: 115, error: 'Method Not Allowed', message: /./ } }
    ],
    [
      'a form',
      post('answer=FAIL', { 'content-type': 'application/x-www-form-urlencoded' }),
      { status: 415, body: { errno: 107, message: /-H 'Content-Type: application\/json'/ } }
    ],
    ['text', post('{"answer":"FAIL"}', { 'content-type': 'text/plain' }), { status: 415 }],
    [
      'too large',
      post(' '.repeat(1024 * 1024 + 1)),
      { status: 413, body: { errno: 113, error: 'Request Entity Too Large' } }
    ],
    [
      'malformed',
      post('{'),
      { status: 400, body: { errno: 107, details: [{ location: 'body' }] } }
    ],
    ['nothing', post(''), { status: 400, body: { errno: 107 } }],
    [
      'another word',
      post({ answer: 'YES' }),
      { status: 400, body: { message: 'answer in body: "YES" is not one of FAIL, SUCCEED' } }
    ],
    [
      'too much for the workflow',
      post({ answer: 'SUCCEED', output: 'x'.repeat(262_144) }),
      { status: 400, body: { details: [{ name: 'output' }] } }
    ]
  ]
  for (const [title, reply, expected] of rows) t.match(await reply, expected, title)
  t.equal(
    (await call(url, { method: 'DELETE', user: 'alice' })).headers.get('allow'),
    'GET, HEAD, POST, OPTIONS'
  )
  const typeless = await sendRaw(
    t,
    all.url,
    `POST /v1${record}/stepfunction HTTP/1.1\r\nHost: k\r\nContent-Length: 17\r\nConnection: close\r\n\r\n{"answer":"FAIL"}`
  )
  t.equal(typeless.status, 415)
  const chunked = (headers: string) =>
    sendRaw(
      t,
      all.url,
      `POST /v1${record}/stepfunction HTTP/1.1\r\nHost: k\r\n${headers}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${`10000\r\n${' '.repeat(0x10000)}\r\n`.repeat(17)}0\r\n\r\n`
    )
  t.equal((await chunked(`Authorization: ${as('alice')}\r\n`)).status, 413)
  t.equal(
    (await chunked('')).status,
    401,
    "where its length is not announced, Kinto's word comes first"
  )
  t.equal(all.sfn.calls.length, 0)
  t.match(
    await post('\ufeff{"answer": "SUCCEED"}', {
      'content-type': 'Application/JSON; charset=utf-8'
    }),
    { status: 200 },
    'the type in any case, with parameters'
  )
})

t.test('an id that no URL can hold is refused here', async t => {
  const all = await startAll(t)
  const { status, body } = await sendRaw(
    t,
    all.url,
    'POST /v1/buckets/stepfunction/collections/steps/records/%2e%2e/stepfunction HTTP/1.1\r\nHost: k\r\nContent-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'
  )
  t.equal(status, 400)
  t.match(JSON.parse(String(body)), { errno: 107, details: [{ location: 'path' }] })
  t.same(all.kinto.requests, [])
})

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

t.test('HEAD says what GET says, without the body', async t => {
  const all = await startAll(t)
  const url = `${all.url}/v1${record}/stepfunction`
  all.kinto.store.put(record, { taskToken: 'T' }, writers)
  const get = await call(url, { user: 'alice' })
  const head = await call(url, { method: 'HEAD', user: 'alice' })
  t.equal(head.status, 200)
  t.equal(head.text, '')
  t.equal(head.headers.get('content-length'), String(get.text.length))
  t.equal(get.headers.get('cache-control'), 'no-cache, no-store')
})

t.test('Kinto away', async t => {
  const all = await startAll(t, { env: { KINTO_TIMEOUT_SECONDS: '1' } })
  const url = `${all.url}/v1${record}/stepfunction`
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  for (const [title, requests, fault] of [
    ['silent', { method: 'GET', path: `/v1${record}` }, 'hang'],
    ['garbled', { method: 'GET', path: `/v1${record}` }, 'garbage'],
    ['not JSON', { method: 'GET', path: `/v1${record}` }, 'html'],
    ['a list', { method: 'GET', path: `/v1${record}` }, '[]'],
    ['no record', { method: 'GET', path: `/v1${record}` }, '{"data":1}'],
    ['no root view', { method: 'GET', path: '/v1/' }, 500],
    ['read-only', { method: 'PATCH' }, 405],
    ['overloaded', { method: 'PATCH' }, 503],
    ['not a 412 of Kinto', { method: 'PATCH' }, 412]
  ] as const) {
    const own = await startAll(t, { env: { KINTO_TIMEOUT_SECONDS: '1' } })
    own.kinto.store.put(record, { taskToken: own.sfn.waitCallback().taskToken }, writers)
    own.kinto.fault(
      requests,
      typeof fault === 'number' || fault === 'hang' || fault === 'garbage'
        ? fault
        : (_request, response) => {
            response.end(fault)
          }
    )
    const { status, body, headers } = await call(`${own.url}/v1${record}/stepfunction`, {
      method: 'POST',
      user: 'alice',
      body: { answer: 'SUCCEED' }
    })
    t.match(
      { status, body },
      { status: 503, body: { code: 503, errno: 201, error: 'Service Unavailable' } },
      title
    )
    t.equal(headers.has('retry-after'), title !== 'read-only', title)
    t.equal(own.sfn.calls.length, 0, `${title}: nothing was reported`)
  }
  all.kinto.fault({ method: 'GET', path: `/v1${record}`, nth: 1 }, 503)
  t.match(
    await call(url, { method: 'POST', user: 'alice', body: {} }),
    { status: 503, body: { error: 'Scripted' } },
    "Kinto's own 503 is relayed"
  )
})

t.test('an answer outside of the configured resources is left to Kinto', async t => {
  const all = await startAll(t)
  const path = '/v1/buckets/other/collections/c/records/r/stepfunction'
  t.match(await call(all.url + path, { method: 'POST', user: 'alice', body: { answer: 'FAIL' } }), {
    status: 404,
    body: { errno: 111 }
  })
  t.match(all.kinto.requests, [{ method: 'POST', url: path }])
  t.match(await all.logged(/stepfunction\.resources/), { bucket: 'other', collection: 'c' })
  t.match(await call(all.url + path, { user: 'alice' }), { status: 404 })
})

t.test('a client that leaves in the middle of its request', async t => {
  const all = await startAll(t)
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  for (const [path, message] of [
    [`/v1${record}/stepfunction`, 'a client left before its answer was taken'],
    ['/v1/buckets/b', 'a client left before its request was answered']
  ] as const) {
    all.log.length = 0
    const client = await openRaw(t, all.url)
    client.write(
      `POST ${path} HTTP/1.1\r\nHost: k\r\nAuthorization: ${as('alice')}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`
    )
    client.socket.destroy()
    t.ok(await all.logged(message), path)
  }
  t.equal(all.sfn.calls.length, 0)
  t.match(await call(`${all.url}/v1/`), { status: 200 })
})

t.test('what Kinto says twice is said twice', async t => {
  const all = await startAll(t)
  all.kinto.fault({ path: `/v1${record}` }, (_request, response) => {
    response
      .writeHead(401, [
        'WWW-Authenticate',
        'Basic realm="Realm"',
        'WWW-Authenticate',
        'Bearer realm="Realm"'
      ])
      .end('{}')
  })
  const { headers } = await call(`${all.url}/v1${record}/stepfunction`)
  t.equal(headers.get('www-authenticate'), 'Basic realm="Realm", Bearer realm="Realm"')
})

t.test('a client that stops sending holds nobody up', async t => {
  for (const [title, times] of [
    ['its request is ended', { requestMs: 300, stopMs: 60_000 }],
    ['and so is the process', { requestMs: 60_000, stopMs: 300 }]
  ] as const) {
    const all = await startAll(t, { times })
    all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
    const client = await openRaw(t, all.url)
    const seen = all.kinto.requested({ method: 'GET', path: `/v1${record}` })
    client.write(
      `POST /v1${record}/stepfunction HTTP/1.1\r\nHost: k\r\nAuthorization: ${as('alice')}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`
    )
    await seen
    if (times.requestMs < times.stopMs) await client.ended()
    t.same(await all.service.stop(), [], title)
  }
})

t.test("an id of any length is Kinto's to judge", async t => {
  const all = await startAll(t)
  const long = `${collection}/records/${'r'.repeat(5_000)}`
  t.match(await call(`${all.url}/v1${long}/stepfunction`, { user: 'alice' }), {
    status: 403,
    body: { errno: 121 }
  })
  all.kinto.store.put(long, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  t.match(
    await call(`${all.url}/v1${long}/stepfunction`, {
      method: 'POST',
      user: 'alice',
      body: { answer: 'SUCCEED' }
    }),
    { status: 200 }
  )
})
