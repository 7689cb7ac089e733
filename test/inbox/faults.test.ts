import { once } from 'node:events'
import { request as send } from 'node:http'
import t from 'tap'
import { as, call, collection, startAll, type Called } from '../helpers/service.ts'

const path = '/v1/stepfunction/inbox'
const bucket = '/buckets/stepfunction'

// Here Kinto is a scripted one, which goes wrong as a test says.

function look(
  { url }: { url: string },
  { user = 'workflow', method = 'GET' }: { user?: string; method?: string } = {}
): Promise<Called> {
  return call(`${url}${path}`, { user, method })
}

function ids({ body }: Called): string[] {
  return body.data.map(({ id }: { id: string }) => id)
}

t.test('what Kinto cannot show is 503, and what it hides is left out', async t => {
  const all = await startAll(t, { env: { KINTO_AUTHORIZATION: as('workflow') } })
  const { kinto } = all
  kinto.store.put(`${collection}/records/one`, { taskToken: 'x' })
  kinto.store.put(`${bucket}/collections/other/records/two`, { taskToken: 'x' })
  const rows: [path: RegExp, status: number | 'reset' | 'garbage', outcome: number | string[]][] = [
    [/collections\?/, 500, 503],
    [/collections\?/, 'reset', 503],
    [/steps\/records/, 500, 503],
    [/steps\/records/, 400, 503],
    [/steps\/records/, 410, 503],
    [/steps\/records/, 'garbage', 503],
    [/steps\/records/, 401, []],
    [/steps\/records/, 404, []],
    [/^\/v1\/$/, 503, 503],
    [/^\/v1\/$/, 'reset', 503],
    [/nothing/, 500, ['one']]
  ]
  for (const [path, fault, outcome] of rows) {
    const end = kinto.fault({ method: 'GET', path }, fault)
    const shown = await look(all)
    end()
    if (typeof outcome === 'number') t.match(shown, { status: outcome, body: { errno: 201 } })
    else t.strictSame([shown.status, ids(shown)], [200, outcome], `${path} ${fault}`)
  }
  t.notMatch(JSON.stringify(all.log), /a programmatic error/i)
  const end = kinto.fault({ method: 'GET', path: /steps\/records/ }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data": {}}')
  })
  t.match(await look(all), { status: 503 }, 'no list')
  end()
})

t.test('Kinto away, and a client that leaves', async t => {
  const all = await startAll(t, { env: { KINTO_AUTHORIZATION: as('workflow') } })
  const { kinto } = all
  let end = kinto.fault({ method: 'OPTIONS' }, 'reset')
  for (const method of ['POST', 'DELETE', 'OPTIONS'])
    t.match(await look(all, { method }), { status: 503 }, method)
  end()
  end = kinto.fault({ path: '/v1/' }, 'hang')
  const asked = kinto.requested({ path: '/v1/' })
  const connected = once(all.service.gateway.server, 'connection')
  const request = send(`${all.url}${path}`, { headers: { authorization: as('workflow') } })
  request.on('error', () => {})
  request.end()
  await asked
  const [socket] = await connected
  const left = once(socket, 'close')
  request.destroy()
  end()
  await left
  kinto.down()
  await all.logged('a client left before it had its inbox')
  t.pass()
})

t.test('collections: too many, kept for a moment, and the personal bucket', async t => {
  const resources = `${bucket} /buckets/default`
  const all = await startAll(t, {
    env: { KINTO_AUTHORIZATION: as('workflow'), RESOURCES: resources }
  })
  const { kinto } = all
  const lists = (): number => kinto.requests.filter(({ url }) => /collections\?/.test(url)).length
  t.match(await look(all), { status: 200, body: { data: [] } })
  t.match(await look(all), { status: 200 })
  t.equal(lists(), 1, 'nobody here has a personal bucket')
  for (let index = 0; index < 500; index++)
    kinto.store.collections.set(`${bucket}/collections/c${index}`, {})
  const other = await startAll(t, { env: { KINTO_AUTHORIZATION: as('workflow') } })
  for (const [name, rights] of kinto.store.collections)
    other.kinto.store.collections.set(name, rights)
  t.match(await look(other), { status: 503, body: { message: /more than 500 collections/ } })
})

t.test('whose they are, where Kinto does not filter by the reviewer', async t => {
  const all = await startAll(t, { env: { KINTO_AUTHORIZATION: as('workflow') } })
  for (const [id, reviewer] of [
    ['mine', 'account:workflow'],
    ['of-bob', 'account:bob'],
    ['of-nobody', ''],
    ['no-text', 7]
  ] as const)
    all.kinto.store.put(`${collection}/records/${id}`, { taskToken: 'x', reviewer })
  const { body } = await call(`${all.url}${path}?reviewer=me`, { user: 'workflow' })
  const shown = new Set(body.data.map(({ id }: { id: string }) => id))
  t.strictSame(shown, new Set(['mine', 'of-nobody', 'no-text']))
})
