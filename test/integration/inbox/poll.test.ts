import t from 'tap'
import { needsParts } from '../../helpers/real.ts'
import { call, type Called } from '../../helpers/service.ts'
import { at, bucket, startWorld, type World } from './world.ts'

/** A look by somebody who has seen a list, and what it cost Kinto. */
async function poll(
  { inbox, proxy }: World,
  user: string,
  seen: Called,
  query = ''
): Promise<{ polled: Called; requests: string[]; statuses: number[] }> {
  proxy.passed.length = 0
  const polled = await inbox(user, query, { 'if-none-match': String(seen.headers.get('etag')) })
  return {
    polled,
    requests: proxy.passed
      .map(({ method, url }) => `${method} ${url.replace(/\?.*/s, '')}`)
      .toSorted(),
    statuses: proxy.passed.map(({ status }) => status).toSorted((a, b) => a - b)
  }
}

const cheapest = [
  'GET /v1/',
  `GET /v1${bucket}/collections/a/records`,
  `GET /v1${bucket}/collections/b/records`
]

t.test('a poll without news, and one with news', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  await world.record(at('a', 'one'), {}, { read: ['account:alice'] })
  for (const query of ['', '?reviewer=me', '?status=decided']) {
    const seen = await world.inbox('alice', query)
    const { polled, requests, statuses } = await poll(world, 'alice', seen, query)
    t.match(polled, { status: 304, text: '' }, query)
    t.equal(polled.headers.get('etag'), seen.headers.get('etag'))
    t.equal(polled.headers.get('cache-control'), 'no-cache, no-store')
    t.strictSame(requests, cheapest, 'the root view and one request for each collection')
    t.strictSame(statuses, [200, 304, 403], 'she may read nothing in the other one')
  }

  const seen = await world.inbox('alice')
  t.equal(
    (await world.inbox('bob', '', { 'if-none-match': `${seen.headers.get('etag')}` })).status,
    200
  )
  for (const tag of ['*', `"x", W/${seen.headers.get('etag')}`])
    t.equal((await world.inbox('alice', '', { 'if-none-match': tag })).status, 304, tag)
  t.match(await world.inbox('alice', '', { 'if-none-match': '"x"' }), {
    status: 200,
    body: { data: [{ id: 'one' }] }
  })

  await world.record(at('b', 'two'), {}, { read: ['account:alice'] })
  const news = await poll(world, 'alice', seen)
  t.match(news.polled, { status: 200, body: { data: [{ id: 'one' }, { id: 'two' }] } })
  t.equal((await poll(world, 'alice', news.polled)).polled.status, 304)
  await call(`${world.kinto.url}/v1${bucket}${at('a', 'one')}`, {
    method: 'DELETE',
    user: 'workflow'
  })
  t.match((await poll(world, 'alice', news.polled)).polled, {
    status: 200,
    body: { data: [{ id: 'two' }] }
  })
})

t.test(
  'who joins a group, or is let in, sees it at the next poll',
  needsParts('the inbox'),
  async t => {
    const world = await startWorld(t)
    const { kinto } = world
    const change = (path: string, body: object) =>
      call(`${kinto.url}/v1${path}`, { method: 'PATCH', user: 'workflow', body })
    const group = `${bucket}/groups/reviewers`
    await world.record(at('a', 'for-group'), {}, { write: [group] })
    let seen = await world.inbox('nobody')
    t.strictSame(seen.body.data, [])
    await change(group, { data: { members: ['account:member', 'account:nobody'] } })
    seen = (await poll(world, 'nobody', seen)).polled
    t.match(seen, { status: 200, body: { data: [{ id: 'for-group' }] } })
    await change(group, { data: { members: ['account:member'] } })
    seen = (await poll(world, 'nobody', seen)).polled
    t.match(seen, { status: 200, body: { data: [] } })
    await change(`${bucket}${at('a', 'for-group')}`, { permissions: { read: ['account:nobody'] } })
    seen = (await poll(world, 'nobody', seen)).polled
    t.match(seen, { status: 200, body: { data: [{ id: 'for-group' }] } }, 'a right on the record')
  }
)

t.test('500 entries, in pages as Kinto gives them', needsParts('the inbox'), async t => {
  const world = await startWorld(t, { kinto: { settings: { 'kinto.paginate_by': '200' } } })
  const { kinto, proxy } = world
  const put = async (collection: string, from: number, to: number): Promise<void> => {
    for (let first = from; first < to; first += 25) {
      const ids = Array.from({ length: Math.min(25, to - first) }, (_none, index) => first + index)
      await call(`${kinto.url}/v1/batch`, {
        method: 'POST',
        user: 'workflow',
        body: {
          defaults: { method: 'PUT' },
          requests: ids.map(id => ({
            path: `${bucket}${at(collection, `r${id}`)}`,
            body: { data: { taskToken: 'x', expiresAt: new Date(2e12 - id).toISOString() } }
          }))
        }
      })
    }
  }
  const total = async (): Promise<string | null> =>
    (await world.inbox('workflow')).headers.get('total-objects')
  await put('a', 0, 250)
  await put('b', 250, 500)
  t.equal(await total(), '500')
  await put('b', 500, 501)
  const over = await world.inbox('workflow')
  t.equal(over.headers.get('total-objects'), '501')
  t.strictSame(
    over.body.data.map(({ id }: { id: string }) => id),
    Array.from({ length: 500 }, (_none, index) => `r${500 - index}`),
    'the first to expire come first'
  )
  await put('a', 501, 900)
  proxy.passed.length = 0
  const cut = await world.inbox('workflow')
  t.equal(cut.headers.get('total-objects'), '501')
  t.equal(cut.body.data[0].id, 'r899')
  const ofA = proxy.passed.filter(({ url }) => url.includes('/collections/a/'))
  t.strictSame(
    ofA.map(({ url }) => new URL(url, 'http://k').searchParams.get('_limit')),
    Array.from({ length: 3 }, () => ['501', '301', '101']).flat(),
    'no more than 501 are read of all, of those with a token, and of those that expire first'
  )
})
