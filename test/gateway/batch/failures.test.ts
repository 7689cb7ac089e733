import t from 'tap'
import { post, record, startBatches, writers } from './start.ts'

t.test('when Kinto fails later, what was done stands, and the rest is not', async t => {
  const all = await startBatches(t)
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
  const all = await startBatches(t)
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
  const all = await startBatches(t, { times: { requestMs: 500, stopMs: 5_000 } })
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  all.kinto.fault({ path: `/v1${record}`, method: 'GET' }, 'hang')
  const late = { status: 503, body: { message: 'Not executed: the batch took too long.' } }
  t.match(await all.entries({ requests: [post(record), post(record)] }), [{ status: 503 }, late])
  t.equal(all.sfn.calls.length, 0)
})
