import t from 'tap'
import { as, call, collection, startAll } from '../../helpers/service.ts'
import { sendRaw } from '../../helpers/raw.ts'
import { record, writers } from './waiting-record.ts'

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
    `POST /v1${record}/stepfunction HTTP/1.1\r\nHost: k\r\n` +
      'Content-Length: 17\r\nConnection: close\r\n\r\n{"answer":"FAIL"}'
  )
  t.equal(typeless.status, 415)
  const chunked = (headers: string) =>
    sendRaw(
      t,
      all.url,
      `POST /v1${record}/stepfunction HTTP/1.1\r\nHost: k\r\n${headers}` +
        'Content-Type: application/json\r\n' +
        'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n' +
        `${`10000\r\n${' '.repeat(0x10000)}\r\n`.repeat(17)}0\r\n\r\n`
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
    `POST /v1${collection}/records/%2e%2e/stepfunction HTTP/1.1\r\nHost: k\r\n` +
      'Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'
  )
  t.equal(status, 400)
  t.match(JSON.parse(String(body)), { errno: 107, details: [{ location: 'path' }] })
  t.same(all.kinto.requests, [])
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
