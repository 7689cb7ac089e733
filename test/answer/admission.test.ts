import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { answer, as, call, collection, startAll } from '../helpers/service.ts'
import type { ScriptedKinto } from '../helpers/kinto.ts'
import { openRaw } from '../helpers/raw.ts'

const record = `${collection}/records/r1`
const get = { method: 'GET', path: `/v1${record}` }
const probe = { method: 'PATCH', path: `/v1${record}` }
const rootView = { method: 'GET', path: '/v1/' }

/** A record that two may write. `asked`: what Kinto was asked since the last call of it. */
async function start(t: Test) {
  const all = await startAll(t)
  const { kinto, sfn } = all
  const put = (): void => {
    const { taskToken } = sfn.waitCallback()
    kinto.store.put(record, { taskToken }, { write: ['account:alice', 'account:bob'] })
  }
  /** Lets Kinto tell the service who Alice is, by an answer that changes nothing. */
  const meetAlice = async (): Promise<void> => {
    kinto.store.put(record, {}, { write: ['account:alice'] })
    t.match(await answer(all, record, { answer: 'SUCCEED' }), { status: 400 })
    put()
    asked()
  }
  put()
  let seen = 0
  const asked = (): string[] => {
    const requests = kinto.requests.slice(seen).map(({ method, url }) => `${method} ${url}`)
    seen = kinto.requests.length
    return requests
  }
  return { ...all, put, asked, meetAlice }
}

t.test('a stranger costs Kinto one request, whatever they send', async t => {
  const all = await start(t)
  for (const [user, status] of [
    ['eve', 403],
    [undefined, 401]
  ] as const) {
    const reply = call(`${all.url}/v1${record}/stepfunction`, {
      method: 'POST',
      body: { answer: 'SUCCEED' },
      ...(user !== undefined && { user })
    })
    t.match(await reply, { status })
    t.same(all.asked(), [`GET /v1${record}`])
  }
})

t.test('whom Kinto knows by something else than Authorization stays a stranger here', async t => {
  const all = await start(t)
  all.kinto.store.put(record, {}, { write: ['system.Everyone'] })
  all.kinto.fault({ ...rootView, nth: 1 }, (_request, response) => {
    response.end('{"user":{"id":"cookie:alice"}}')
  })
  const url = `${all.url}/v1${record}/stepfunction`
  const body = { answer: 'SUCCEED' }
  t.match(await call(url, { method: 'POST', headers: { cookie: 'user=alice' }, body }), {
    status: 400
  })
  all.put()
  all.asked()
  t.match(await call(url, { method: 'POST', body }), { status: 401 })
  t.same(all.asked(), [`GET /v1${record}`])
})

t.test('of a caller whom Kinto has confirmed, all is asked at once', async t => {
  const all = await start(t)
  await all.meetAlice()
  const { promise: held, resolve: goOn } = Promise.withResolvers<void>()
  all.kinto.fault({ ...get, nth: 1 }, held)
  const others = [all.kinto.requested(probe), all.kinto.requested(rootView)]
  const answering = answer(all, record, { answer: 'SUCCEED' })
  await Promise.all(others)
  t.equal(all.asked().length, 3, 'nothing else before Kinto has shown the record')
  goOn()
  t.match(await answering, { status: 200, body: { stepfunction: { outcome: 'accepted' } } })
})

t.test("the record's refusal goes before all others", async t => {
  const all = await start(t)
  await all.meetAlice()
  for (const faults of [[probe], [rootView], [probe, rootView]]) {
    const { promise: held, resolve: goOn } = Promise.withResolvers<void>()
    all.kinto.fault({ ...get, nth: 1 }, (_request, response) => {
      void held.then(() => response.writeHead(403).end('{"message":"of the record"}'))
    })
    const ends = faults.map(fault => all.kinto.fault(fault, 503))
    const others = faults.map(async fault => await all.kinto.requested(fault))
    const answering = answer(all, record, 'no JSON')
    await Promise.all(others)
    goOn()
    t.match(await answering, { status: 403, text: '{"message":"of the record"}' })
    for (const end of ends) end()
  }
  t.equal(all.sfn.calls.length, 0)
})

t.test('then what is wrong with the answer, then the right, then who the caller is', async t => {
  const all = await start(t)
  await all.meetAlice()
  all.kinto.fault(probe, 403)
  all.kinto.fault(rootView, 500)
  const rows: [body: unknown, headers: Record<string, string>, status: number][] = [
    [{ answer: 'NO' }, {}, 400],
    [{ answer: 'FAIL' }, { 'if-match': 'x' }, 400],
    [{ answer: 'FAIL' }, {}, 403]
  ]
  for (const [body, headers, status] of rows)
    t.match(await answer(all, record, body, 'alice', headers), { status })
})

t.test('a body is not read before Kinto has shown the record', async t => {
  const all = await start(t)
  await all.meetAlice()
  all.kinto.store.put(record, {}, { write: ['account:bob'] })
  const client = await openRaw(t, all.url)
  client.write(
    `POST /v1${record}/stepfunction HTTP/1.1\r\nHost: k\r\nAuthorization: ${as('alice')}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{'
  )
  t.equal((await client.next()).status, 403)
  t.equal(all.sfn.calls.length, 0, 'refused while the rest of its body is still to come')
})

/** Alice's answer, until her right is proved: the rest of its body is still to come. */
async function keepBodyBack(t: Test, { url, kinto }: { url: string; kinto: ScriptedKinto }) {
  const client = await openRaw(t, url)
  const probed = kinto.requested(probe)
  client.write(
    `POST /v1${record}/stepfunction HTTP/1.1\r\nHost: k\r\nAuthorization: ${as('alice')}\r\n` +
      'Content-Type: application/json\r\nContent-Length: 20\r\n\r\n{'
  )
  await probed
  return client
}

t.test('who keeps a body back keeps no right that is taken away meanwhile', async t => {
  for (const isKnown of [true, false]) {
    const all = await start(t)
    if (isKnown) await all.meetAlice()
    const client = await keepBodyBack(t, all)
    all.kinto.store.put(record, {}, { write: ['account:bob'], read: ['account:alice'] })
    // A proof counts for a second.
    await sleep(1_100)
    client.write('"answer":"SUCCEED"}')
    t.equal((await client.next()).status, 403)
    t.equal(all.sfn.calls.length, 0)
  }
})

t.test('and who keeps a body back, and the right as well, is heard', async t => {
  const all = await start(t)
  const client = await keepBodyBack(t, all)
  await sleep(1_100)
  client.write('"answer":"SUCCEED"}')
  t.equal((await client.next()).status, 200)
  t.equal(all.asked().filter(request => request === `PATCH /v1${record}`).length, 3, 'two probes')
})

t.test('a later refusal has the headers of the response that showed the record', async t => {
  const all = await start(t)
  all.kinto.fault(get, (request, response, received) => {
    response.setHeader('Alert', 'the record')
    all.kinto.respond(request, response, received)
  })
  for (const [fault, status] of [
    [probe, 503],
    [rootView, 503]
  ] as const) {
    const end = all.kinto.fault(fault, 'reset')
    const { headers, ...refused } = await answer(all, record, { answer: 'SUCCEED' })
    t.match(refused, { status })
    t.equal(headers.get('alert'), 'the record')
    end()
  }
  await answer(all, record, { answer: 'SUCCEED' })
  const refused = await answer(all, record, { answer: 'FAIL' })
  t.equal(refused.status, 409)
  t.equal(refused.headers.get('alert'), 'the record', 'after the report too')
  const state = await call(`${all.url}/v1${record}/stepfunction`, { user: 'alice' })
  t.equal(state.headers.get('alert'), 'the record')
})
