import t, { type Test } from 'tap'
import { KintoRefusal, KintoUnreachable } from '../../src/kinto/client.ts'
import { listAll, listRecords } from '../../src/kinto/pages.ts'
import { KintoSession } from '../../src/kinto/session.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'
import { startKinto, type KintoHandler, type ScriptedKinto } from '../helpers/kinto.ts'

const list = '/v1/buckets/b/collections/c/records?x=1'

/** A Kinto that responds as `handler` does, and a session that lists there. */
async function start(
  t: Test,
  handler: KintoHandler
): Promise<{ kinto: ScriptedKinto; session: KintoSession }> {
  const kinto = await startKinto(t, handler)
  const upstream = createUpstream({ origin: kinto.url, timeoutMs: 5_000 })
  t.teardown(() => upstream.close())
  return {
    kinto,
    session: new KintoSession(
      { dispatcher: upstream.dispatcher, origin: kinto.url, timeoutMs: 5_000 },
      [],
      () => 5_000
    )
  }
}

/** A session that lists at a Kinto that sends this response alone. */
async function told(t: Test, status: number, body = '{}'): Promise<KintoSession> {
  return (
    await start(t, (_request, response) => {
      response.writeHead(status).end(body)
    })
  ).session
}

t.test('page by page, and the version is that of the first', async t => {
  const { kinto, session } = await start(t, ({ url = '' }, response) => {
    const page = Number(/page=(\d)/.exec(url)?.[1] ?? 1)
    response
      .writeHead(200, {
        ETag: `"${page}"`,
        ...(page < 3 && { 'Next-Page': `http://elsewhere.example${list}&page=${page + 1}` })
      })
      .end(JSON.stringify({ data: [{ id: `r${page}`, n: page }, page] }))
  })
  const listed = await listRecords(session, list)
  t.match(listed, { objects: [{ id: 'r1' }, { id: 'r2' }, { id: 'r3' }], etag: '"1"' })
  t.equal(
    JSON.stringify(listed),
    '{"objects":[{"id":"r1","n":1},{"id":"r2","n":2},{"id":"r3","n":3}],"etag":"\\"1\\""}',
    'what is no object is none'
  )
  t.same(
    kinto.requests.map(({ url }) => url),
    [`${list}&_limit=500`, `${list}&page=2`, `${list}&page=3`]
  )
  t.equal((await listAll(session, list)).length, 3)
})

t.test('what was not changed, and what Kinto does not take', async t => {
  const { kinto, session } = await start(t, ({ headers }, response) => {
    response.writeHead(headers['if-none-match'] === '"1"' ? 304 : 400).end()
  })
  t.equal(await listRecords(session, list, '"1"'), 'unchanged')
  t.equal(await listRecords(session, list), 'refused')
  t.same(await listAll(session, list), [])
  t.equal(kinto.requests.length, 3)
})

t.test('what the caller may not list', async t => {
  for (const status of [401, 403, 404]) {
    const session = await told(t, status)
    t.same(await listAll(session, list), [], String(status))
    await t.rejects(
      listRecords(session, list),
      KintoRefusal,
      'a list of records is not empty for that'
    )
  }
})

t.test('what is no list', async t => {
  for (const status of [500, 503, 301]) {
    const session = await told(t, status)
    await t.rejects(listAll(session, list), { name: 'KintoRefusal', response: { status } })
    await t.rejects(listRecords(session, list), { name: 'KintoRefusal', response: { status } })
  }
  for (const body of ['<html>', '', '[]', '{}', '{"data":{}}', 'null']) {
    const session = await told(t, 200, body)
    await t.rejects(listAll(session, list), KintoUnreachable, body)
    await t.rejects(listRecords(session, list), KintoUnreachable, body)
  }
  const { session } = await start(t, ({ url = '' }, response) => {
    response
      .writeHead(url.includes('page') ? 503 : 200, { 'Next-Page': `http://k${list}&page=2` })
      .end('{"data":[]}')
  })
  await t.rejects(
    listRecords(session, list),
    { name: 'KintoRefusal', response: { status: 503 } },
    'nor is half of one'
  )
})

t.test('pages that are too large are asked for anew, smaller', async t => {
  const { kinto, session } = await start(t, ({ url = '' }, response) => {
    response.end(
      `{"data":[{"id":"r"}]${url.includes('_limit=500') ? ' '.repeat(32 * 1024 * 1024) : ''}}`
    )
  })
  t.match(await listRecords(session, list, '"1"'), { objects: [{ id: 'r' }] })
  t.same(
    kinto.requests.map(({ url, rawHeaders }) => [url, rawHeaders.includes('"1"')]),
    [
      [`${list}&_limit=500`, true],
      [`${list}&_limit=3`, true]
    ]
  )
  const { session: other } = await start(t, (_request, response) => {
    response.end(' '.repeat(32 * 1024 * 1024 + 1))
  })
  await t.rejects(listRecords(other, list), { name: 'ResponseTooLarge' })
})
