import t from 'tap'
import { as, call, startAll } from '../../helpers/service.ts'
import { openRaw } from '../../helpers/raw.ts'
import { record, writers } from './waiting-record.ts'

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
    const faulty = await startAll(t, { env: { KINTO_TIMEOUT_SECONDS: '1' } })
    faulty.kinto.store.put(record, { taskToken: faulty.sfn.waitCallback().taskToken }, writers)
    faulty.kinto.fault(
      requests,
      typeof fault === 'number' || fault === 'hang' || fault === 'garbage'
        ? fault
        : (_request, response) => {
            response.end(fault)
          }
    )
    const { status, body, headers } = await call(`${faulty.url}/v1${record}/stepfunction`, {
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
    t.equal(faulty.sfn.calls.length, 0, `${title}: nothing was reported`)
  }
  all.kinto.fault({ method: 'GET', path: `/v1${record}`, nth: 1 }, 503)
  t.match(
    await call(url, { method: 'POST', user: 'alice', body: {} }),
    { status: 503, body: { error: 'Scripted' } },
    "Kinto's own 503 is relayed"
  )
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
    client.write(unfinishedPost(path))
    client.socket.destroy()
    t.ok(await all.logged(message), path)
  }
  t.equal(all.sfn.calls.length, 0)
  t.match(await call(`${all.url}/v1/`), { status: 200 })
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
    client.write(unfinishedPost(`/v1${record}/stepfunction`))
    await seen
    if (times.requestMs < times.stopMs) await client.ended()
    t.same(await all.service.stop(), [], title)
  }
})

function unfinishedPost(path: string): string {
  return (
    `POST ${path} HTTP/1.1\r\nHost: k\r\nAuthorization: ${as('alice')}\r\n` +
    'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{'
  )
}
