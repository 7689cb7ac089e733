import t, { type Test } from 'tap'
import { activityArn, as, call, collection, startAll, type Called } from '../../helpers/service.ts'
import { sendRaw } from '../../helpers/raw.ts'

const record = `${collection}/records/r1`
const writers = { write: ['account:alice'] }

interface Entry {
  path: string
  status: number
  headers: Record<string, string>
  body: any
}

async function start(t: Test, options?: Parameters<typeof startAll>[1]) {
  const all = await startAll(t, options)
  const batch = (body: unknown, headers: Record<string, string> = {}): Promise<Called> =>
    call(`${all.url}/v1/batch`, { method: 'POST', user: 'alice', body, headers })
  return {
    ...all,
    batch,
    entries: async (body: unknown, headers?: Record<string, string>): Promise<Entry[]> =>
      (await batch(body, headers)).body.responses
  }
}

function post(path: string, answer = 'SUCCEED'): object {
  return { method: 'POST', path: `${path}/stepfunction`, body: { answer } }
}

t.test('answers among other requests: in order, each with its own status', async t => {
  const all = await start(t)
  const { taskToken } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken }, writers)
  all.kinto.store.put(`${collection}/records/r2`, { n: 1 }, writers)
  const answered = await all.batch(`{"defaults": {"method": "PATCH"}, "requests": [
    {"path": "${collection}/records/r2", "body": {"data": {"n": 9007199254740993, "m": 1.0}}},
    {"path": "${record}/stepfunction/?x=1", "method": "POST", "body": {"answer": "SUCCEED", "output": 1.0}},
    {"path": "/v1${record}/stepfunction", "method": "GET"},
    {"path": "${record}/stepfunction", "method": "HEAD"},
    {"path": "${record}/stepfunction", "method": "DELETE"},
    {"path": "${collection}/records/none/stepfunction", "method": "POST", "body": {"answer": "FAIL"}},
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
    { operation: 'SendTaskSuccess', input: { taskToken, output: /"output":1\.0/ } }
  ])
  t.equal(all.sfn.calls.length, 1)
})

t.test('a batch without answers reaches Kinto as it came', async t => {
  const all = await start(t)
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
    'POST /v1/batch HTTP/1.1\r\nHost: k\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n8\r\n{"reques\r\n8\r\nts": []}\r\n0\r\n\r\n'
  )
  t.match(JSON.parse(String(chunks.body)), { responses: [] })
  t.equal(String(all.kinto.requests.at(-1)?.body), '{"requests": []}')
  t.equal(all.sfn.calls.length, 0)
})

t.test('what Kinto refuses it refuses whole, and nothing is reported', async t => {
  const all = await start(t)
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  const many = JSON.stringify({ requests: Array.from({ length: 26 }, () => post(record)) })
  await all.batch(many)
  t.equal(String(all.kinto.requests.at(-1)?.body), many, 'too many')
  const one = JSON.stringify({ requests: [post(record)] })
  all.kinto.store.settings['readonly'] = true
  await all.batch(one)
  t.equal(String(all.kinto.requests.at(-1)?.body), one, 'read-only')
  all.kinto.store.settings['readonly'] = false
  const refuse = all.kinto.fault({ path: '/v1/batch' }, 400)
  t.match(
    await all.batch(one),
    { status: 400, body: { error: 'Scripted' } },
    'its word on an empty batch comes first'
  )
  t.equal(String(all.kinto.requests.at(-1)?.body), '{"requests":[]}')
  refuse()
  all.kinto.fault({ path: '/v1/' }, 410)
  t.match(
    await all.batch(one),
    { status: 410, body: { error: 'Scripted' } },
    'and that of the root view'
  )
  t.equal(all.sfn.calls.length, 0)
})

t.test('a Kinto without a limit, or one that does not tell', async t => {
  const all = await start(t)
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
  const all = await start(t)
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

t.test('what Kinto refuses, or what cannot be read, reaches it as it came', async t => {
  const all = await start(t)
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  for (const rest of [
    '{"path":"/","body":{"a":"\\ud800"}}',
    '{"path":"/","body":{"a":1.797693134862315808e308}}',
    `{"path":"/","body":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}}`
  ]) {
    const body = `{"requests":[${JSON.stringify(post(record))},${rest}]}`
    await all.batch(body)
    t.equal(String(all.kinto.requests.at(-1)?.body), body, rest.slice(0, 50))
  }
  const batches = all.kinto.requests.length
  t.match(
    await all.batch({ requests: [post(record), { path: '/', body: { a: 'x'.repeat(2 ** 20) } }] }),
    { status: 413 }
  )
  t.equal(all.sfn.calls.length, 0)
  t.notOk(all.kinto.requests.slice(batches).some(({ method }) => method === 'POST'))
})

t.test('when Kinto fails later, what was done stands, and the rest is not', async t => {
  const all = await start(t)
  const faults: [fault: Parameters<typeof all.kinto.fault>[1], failed: object][] = [
    [503, { status: 503, headers: { 'Retry-After': '3' }, body: { error: 'Scripted' } }],
    ['reset', { status: 503, body: { message: /not known/ } }],
    [
      (_request, response) => {
        response.end('{"responses": []}')
      },
      { status: 503, body: { errno: 201 } }
    ],
    [
      (_request, response) => {
        response.writeHead(502).end('<html>')
      },
      { status: 502, body: '<html>' }
    ]
  ]
  for (const [fault, failed] of faults) {
    all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
    const end = all.kinto.fault({ path: '/v1/batch', nth: 2 }, fault)
    const before = all.sfn.calls.length
    const get = { path: `${record}?x=1` }
    const entries = await all.entries({
      requests: [get, post(record), get, { path: '/%41/' }, post(record, 'FAIL'), get]
    })
    end()
    const skipped = {
      status: 503,
      headers: { 'Retry-After': '3' },
      body: {
        code: 503,
        errno: 201,
        message: 'Not executed: a previous request of the batch failed.'
      }
    }
    t.match(entries, [
      { status: 200 },
      { status: 200 },
      { path: `/v1${record}`, ...failed },
      { path: '/v1/A', ...failed },
      { path: `/v1${record}/stepfunction`, ...skipped },
      { path: `/v1${record}`, ...skipped }
    ])
    t.equal(entries.length, 6)
    t.equal(all.sfn.calls.length, before + 1)
  }
})

t.test('when Kinto fails before anything was done, that is the answer', async t => {
  const all = await start(t)
  all.kinto.fault({ path: '/v1/batch' }, 'reset')
  t.match(await all.batch({ requests: [{ path: record }, post(record)] }), {
    status: 503,
    body: { errno: 201 }
  })
  all.kinto.down()
  const away = await all.batch({ requests: [post(record)] }, { origin: 'https://page.example' })
  t.match(away, { status: 503, body: { errno: 201 } })
  t.match(Object.fromEntries(away.headers), {
    'retry-after': '3',
    'access-control-allow-origin': '*'
  })
})

t.test('a batch has as much time as one request', async t => {
  const all = await start(t, { times: { requestMs: 500, stopMs: 5_000 } })
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  all.kinto.fault({ path: `/v1${record}`, method: 'GET' }, 'hang')
  const late = { status: 503, body: { message: 'Not executed: the batch took too long.' } }
  t.match(await all.entries({ requests: [post(record), post(record)] }), [{ status: 503 }, late])
  t.equal(all.sfn.calls.length, 0)
})

t.test('nobody waits for a task', async t => {
  const all = await start(t, { env: { ACTIVITY_WAIT_SECONDS: '45' } })
  all.kinto.store.put(record, { activityArn }, writers)
  t.match(await all.entries({ requests: [post(record)] }), [
    { status: 409, body: { message: /^No task/ } }
  ])
  t.match(all.sfn.calls, [{ operation: 'GetActivityTask' }], 'but it is asked for')
})

t.test('a batch that is too large', async t => {
  const all = await start(t)
  const { status, body } = await all.batch(' '.repeat(16 * 1024 * 1024 + 1))
  t.match({ status, body }, { status: 413, body: { errno: 113 } })
  t.equal(all.kinto.requests.length, 0)
})
