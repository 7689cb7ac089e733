import t from 'tap'
import { sendRaw } from '../../helpers/raw.ts'
import { startAsking } from '../../helpers/asking.ts'
import { call, collection } from '../../helpers/service.ts'

const path = `/v1${collection}/stepfunction`
const origin = { origin: 'https://page.example' }

t.test("what is wrong with a request is said in Kinto's shape", async t => {
  const all = await startAsking(t)
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    call(all.url + path, { method: 'POST', user: 'workflow', body, headers })
  const rows: [title: string, reply: ReturnType<typeof call>, expected: object][] = [
    [
      'a form',
      post('subject=x', { 'content-type': 'application/x-www-form-urlencoded' }),
      { status: 415, body: { errno: 107, message: /-H 'Content-Type: application\/json'/ } }
    ],
    ['too large', post(' '.repeat(1024 * 1024 + 1)), { status: 413, body: { errno: 113 } }],
    [
      'malformed',
      post('{'),
      { status: 400, body: { errno: 107, details: [{ location: 'body' }] } }
    ],
    [
      'no question',
      post({ data: { subject: 'x' } }),
      { status: 400, body: { details: [{ name: 'taskToken' }] } }
    ],
    [
      'a condition',
      post({ data: all.question() }, { 'if-match': '"1"' }),
      { status: 400, body: { details: [{ location: 'header', name: 'If-Match' }] } }
    ],
    [
      'another one',
      post({ data: all.question() }, { 'if-none-match': '*' }),
      { status: 400, body: { details: [{ location: 'header' }] } }
    ],
    [
      'an id that no URL can hold',
      post({ data: all.question({ id: '..' }) }),
      { status: 400, body: { errno: 107 } }
    ]
  ]
  for (const [title, reply, expected] of rows) t.match(await reply, expected, title)
  t.equal(all.puts(), 0)
  t.match(await all.logged('a question was not asked'), { status: /4../ })
  const large = ' '.repeat(1024 * 1024 - 2)
  t.match(await post(`${large}{}`), { status: 400 }, 'but not too large')
  const refused = await post({ data: {} }, origin)
  t.equal(refused.headers.get('access-control-allow-origin'), '*')
})

t.test('other methods', async t => {
  const all = await startAsking(t)
  for (const method of ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE']) {
    const { status, headers, body } = await call(all.url + path, {
      method,
      user: 'workflow',
      headers: origin
    })
    t.match(
      { status, ...(method === 'HEAD' ? {} : { body }) },
      { status: 405, ...(method === 'HEAD' ? {} : { body: { errno: 115 } }) },
      method
    )
    t.equal(headers.get('allow'), 'POST, OPTIONS', method)
    t.equal(headers.get('access-control-allow-origin'), '*', method)
  }
  t.ok(
    all.kinto.requests.every(({ method }) => method === 'OPTIONS'),
    'nothing else reached Kinto'
  )
})

t.test("a preflight gets Kinto's policy with the methods of the sub-resource", async t => {
  const all = await startAsking(t)
  const preflight = (method: string) =>
    call(all.url + path, {
      method: 'OPTIONS',
      headers: {
        ...origin,
        'access-control-request-method': method,
        'access-control-request-headers': 'authorization'
      }
    })
  const allowed = await preflight('POST')
  t.equal(allowed.status, 200)
  t.match(Object.fromEntries(allowed.headers), {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'POST,OPTIONS',
    'access-control-allow-headers': /authorization/
  })
  t.equal((await preflight('PUT')).status, 400)
})

t.test('paths', async t => {
  const all = await startAsking(t)
  const { status, body } = await sendRaw(
    t,
    all.url,
    'POST /v1/buckets/stepfunction/collections/%2e%2e/stepfunction HTTP/1.1\r\nHost: k\r\n' +
      'Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}'
  )
  t.match(
    { status, body: JSON.parse(String(body)) },
    { status: 400, body: { errno: 107, details: [{ location: 'path' }] } }
  )
  t.same(all.kinto.requests, [])
  t.match(
    await call(`${all.url}/v1/buckets/other/collections/steps/stepfunction`, {
      method: 'POST',
      user: 'workflow',
      body: { data: all.question() }
    }),
    { status: 404, body: { errno: 111 } },
    "outside of the resources it is Kinto's"
  )
  t.match(
    await all.logged(
      'a question in a collection outside of stepfunction.resources is left to Kinto'
    ),
    { bucket: 'other', collection: 'steps' }
  )
  t.match(
    await call(`${all.url}/v1/buckets/stepfunction/collection/steps/stepfunction?x=1`, {
      method: 'POST',
      user: 'workflow',
      body: { data: all.question() }
    }),
    { status: 201 },
    "another spelling of Kinto's route"
  )
})

t.test('in batches', async t => {
  const all = await startAsking(t)
  const [first, second] = [all.question({ id: 'first' }), all.question({ id: 'second' })]
  const { status, body } = await call(`${all.url}/v1/batch`, {
    method: 'POST',
    user: 'workflow',
    body: {
      defaults: { method: 'POST', path: `${collection}/stepfunction` },
      requests: [
        { body: { data: first } },
        { method: 'GET', path: `${collection}/records` },
        { body: { data: second } },
        { body: { data: {} } },
        { method: 'GET' }
      ]
    }
  })
  t.equal(status, 200)
  t.match(body.responses, [
    {
      status: 201,
      path,
      body: {
        data: { id: 'first', taskToken: /^sealed:/ },
        stepfunction: { answer: `/v1${all.uri('first')}/stepfunction` }
      }
    },
    { status: 200, body: { data: [{ id: 'first' }] } },
    { status: 201, body: { data: { id: 'second' } } },
    { status: 400, body: { errno: 107 } },
    { status: 405, headers: { Allow: 'POST, OPTIONS' } }
  ])
})

t.test('a client that leaves has asked', async t => {
  const all = await startAsking(t)
  const { promise: held, resolve: goOn } = Promise.withResolvers<void>()
  all.kinto.fault({ method: 'POST' }, held)
  const controller = new AbortController()
  const left = call(all.url + path, {
    method: 'POST',
    user: 'workflow',
    body: { data: all.question() },
    signal: controller.signal
  })
  await all.kinto.requested({ method: 'POST' })
  controller.abort()
  await t.rejects(left, { name: 'AbortError' })
  goOn()
  t.match(await all.logged('asked'), { outcome: 'created' })
})
