import t from 'tap'
import { activityArn, as, collection } from '../../helpers/service.ts'
import { sendRaw } from '../../helpers/raw.ts'
import { post, record, startBatches, writers, type Entry } from './start.ts'

t.test('answers among other requests: in order, each with its own status', async t => {
  const all = await startBatches(t)
  const { taskToken } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken }, writers)
  all.kinto.store.put(`${collection}/records/r2`, { n: 1 }, writers)
  const answered = await all.batch(`{"defaults": {"method": "PATCH"}, "requests": [
    {"path": "${collection}/records/r2", "body": {"data": {"n": 9007199254740993, "m": 1.0}}},
    {"path": "${record}/stepfunction/?x=1", "method": "POST",
      "body": {"answer": "SUCCEED", "output": 1.0}},
    {"path": "/v1${record}/stepfunction", "method": "GET"},
    {"path": "${record}/stepfunction", "method": "HEAD"},
    {"path": "${record}/stepfunction", "method": "DELETE"},
    {"path": "${collection}/records/none/stepfunction", "method": "POST",
      "body": {"answer": "FAIL"}},
    {"path": "${record}", "method": "GET"}]}`)
  t.equal(answered.status, 200)
  t.match(Object.fromEntries(answered.headers), {
    'content-type': 'application/json',
    'access-control-expose-headers': /Alert/
  })
  const entries: Entry[] = answered.body.responses
  t.match(entries, [
    { path: `/v1${collection}/records/r2`, status: 200 },
    {
      path: `/v1${record}/stepfunction`,
      status: 200,
      headers: { ETag: /"/, 'Content-Type': 'application/json', 'Content-Length': /^\d+$/ },
      body: { stepfunction: { outcome: 'accepted', answeredBy: 'account:alice' } }
    },
    { path: `/v1${record}/stepfunction`, status: 200, body: { data: { state: 'succeeded' } } },
    { path: `/v1${record}/stepfunction`, status: 200, body: '' },
    {
      path: `/v1${record}/stepfunction`,
      status: 405,
      headers: { Allow: 'GET, HEAD, POST, OPTIONS' }
    },
    { path: `/v1${collection}/records/none/stepfunction`, status: 403, body: { errno: 121 } },
    { path: `/v1${record}`, status: 200, body: { data: { status: 'SUCCEED' } } }
  ])
  t.strictSame(
    entries.map(({ headers }) => headers['Date'] ?? headers['Server']),
    entries.map(() => undefined),
    "what is the server's own is not shown"
  )
  t.match(answered.text, /"n":9007199254740993.*"m":1\.0/)
  t.match(
    String(all.kinto.requests.find(({ url }) => url === '/v1/batch')?.body),
    /9007199254740993,"m":1\.0/
  )
  t.match(all.sfn.calls, [
    { operation: 'SendTaskSuccess', input: { taskToken, output: /"output":1\.0/ } },
    // Where no history tells it, GET and HEAD look whether the step still waits.
    { operation: 'SendTaskHeartbeat' },
    { operation: 'SendTaskHeartbeat' }
  ])
  t.equal(all.sfn.calls.length, 3)
})

t.test('a batch without answers reaches Kinto as it came', async t => {
  const all = await startBatches(t)
  for (const body of [
    `{ "requests" : [{"path":"${record}" }] ,"defaults":{}}`,
    '[{',
    '',
    `{"requests":[${JSON.stringify(post('/buckets/elsewhere/collections/c/records/r'))}]}`,
    `{"requests":[${JSON.stringify(post(record))},{"path":"/batch"}]}`
  ]) {
    await all.batch(body, { 'x-mine': 'as it was' })
    const last = all.kinto.requests.at(-1)
    t.equal(String(last?.body), body)
    t.equal(last?.rawHeaders[(last?.rawHeaders.indexOf('x-mine') ?? 0) + 1], 'as it was')
  }
  const chunks = await sendRaw(
    t,
    all.url,
    'POST /v1/batch HTTP/1.1\r\nHost: k\r\n' +
      'Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n' +
      '8\r\n{"reques\r\n8\r\nts": []}\r\n0\r\n\r\n'
  )
  t.match(JSON.parse(String(chunks.body)), { responses: [] })
  t.equal(String(all.kinto.requests.at(-1)?.body), '{"requests": []}')
  t.equal(all.sfn.calls.length, 0)
})

t.test('a Kinto without a limit, or one that does not tell', async t => {
  const all = await startBatches(t)
  for (const settings of [null, 0, undefined]) {
    all.kinto.store.settings['batch_max_requests'] = settings
    t.equal(
      (
        await all.entries({
          requests: Array.from({ length: 26 }, () => ({ path: `${record}/stepfunction` }))
        })
      ).length,
      26
    )
  }
  all.kinto.fault({ path: '/v1/' }, (_request, response) => {
    response.end('{"settings": 1}')
  })
  t.equal((await all.entries({ requests: [post(record)] })).length, 1)
})

t.test("a request's headers go before the batch's", async t => {
  const all = await startBatches(t)
  const { taskToken } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken }, writers)

  const requests = [
    { ...post(record), headers: { authorization: as('eve') } },
    { ...post(record), headers: { Authorization: '' } },
    { ...post(record), headers: { 'If-Match': '"1"' } },
    { ...post(record), headers: { 'x y': '1' } },
    { ...post(record), headers: { x: '\r\nAuthorization: z' } },
    { method: 'POST', path: `${record}/stepfunction` },
    { method: 'POST', path: `${record}/stepfunction`, headers: { 'Content-Type': 'text/plain' } },
    {
      ...post(record),
      headers: {
        Host: 'evil.example',
        'X-Forwarded-For': '6.6.6.6',
        'Content-Length': '1',
        'Transfer-Encoding': 'chunked',
        Connection: 'X-Gone',
        'X-Gone': '1',
        'X-Own': '1',
        'content-type': 'text/plain'
      }
    }
  ]
  t.match(await all.entries({ requests }), [
    { status: 403 },
    { status: 401 },
    { status: 412 },
    { status: 400, body: { errno: 107 } },
    { status: 400 },
    { status: 400 },
    { status: 415 },
    { status: 200 }
  ])
  const said =
    all.kinto.requests
      .at(-1)
      ?.rawHeaders.map((text, index, all) => (index % 2 === 0 ? `${text}: ${all[index + 1]}` : ''))
      .join('\n') ?? ''
  t.match(said, /X-Own: 1/)
  t.match(said, /X-Gone: 1/, 'Connection names nothing there')
  t.notMatch(said, /evil|6\.6\.6\.6|chunked|Connection: X/i)
})

t.test('nobody waits for a task', async t => {
  const all = await startBatches(t, { env: { ACTIVITY_WAIT_SECONDS: '45' } })
  all.kinto.store.put(record, { activityArn }, writers)
  t.match(await all.entries({ requests: [post(record)] }), [
    { status: 409, body: { message: /^No task/ } }
  ])
  t.match(all.sfn.calls, [{ operation: 'GetActivityTask' }], 'but it is asked for')
})
