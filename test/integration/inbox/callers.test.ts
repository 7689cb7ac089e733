import t from 'tap'
import { needsParts } from '../../helpers/real.ts'
import { call } from '../../helpers/service.ts'
import { putMany } from './many.ts'
import { at, bucket, startWorld, type World } from './world.ts'

/** Puts groups there of which a member is one. */
async function putGroups({ service }: World, from: number, to: number): Promise<void> {
  for (let first = from; first < to; first += 25) {
    const requests = Array.from({ length: Math.min(25, to - first) }, (_none, index) => ({
      path: `${bucket}/groups/reviewers-of-the-department-${first + index}`,
      body: { data: { members: ['account:member'] } }
    }))
    const { status, text } = await call(`${service.url}/v1/batch`, {
      method: 'POST',
      user: 'workflow',
      body: { defaults: { method: 'PUT' }, requests }
    })
    if (status !== 200) throw new Error(text)
  }
}

t.test('who is in many groups, where Kinto takes short URLs', needsParts('groups'), async t => {
  const world = await startWorld(t, { kinto: { server: 'http-socket' } })
  const read = ['account:member']
  // So many that those of one reviewer are asked for.
  // That server ends connections as it likes. The service knows how to take it.
  await putMany(
    { kinto: world.service },
    Array.from({ length: 502 }, (_none, index) => ({
      id: `of-bob${index}`,
      data: { reviewer: 'account:bob' },
      permissions: { read }
    }))
  )
  await world.record(at('a', 'mine'), { reviewer: 'account:member' }, { read })
  await world.record(at('a', 'of-group'), { reviewer: `${bucket}/groups/reviewers` }, { read })
  const sizes = [0, 30, 60, 250]
  for (const [index, size] of sizes.entries()) {
    await putGroups(world, sizes[index - 1] ?? 0, size)
    const { status, text, body, headers } = await world.inbox('member', '?reviewer=me')
    t.equal(status, 200, `${size} groups: ${text.slice(0, 100)}`)
    const ids = body.data.map(({ id }: { id: string }) => id)
    if (size === 250) t.equal(headers.get('total-objects'), '501', 'there may be more')
    else t.strictSame(ids, ['mine', 'of-group'])
  }
})

t.test('a wrong password, and nobody', needsParts('the personal bucket'), async t => {
  const { inbox } = await startWorld(t, { env: { RESOURCES: '/buckets/default' } })
  for (const headers of [{}, { authorization: `Basic ${btoa('alice:wrong')}` }] as Record<
    string,
    string
  >[]) {
    const refused = await inbox(undefined, '', headers)
    t.equal(refused.status, 401)
    t.ok(refused.headers.has('www-authenticate'))
  }
  t.match(await inbox('alice'), { status: 200, body: { data: [] } })
})

t.test('four accounts do not take all looks', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  const users = ['alice', 'bob', 'member', 'workflow']
  for (const user of [...users, 'nobody']) await world.inbox(user)
  const { promise, resolve } = Promise.withResolvers<undefined>()
  world.proxy.before = ({ url }) => (url.includes('/records') ? promise : undefined)
  const crowd = users.flatMap(user => Array.from({ length: 16 }, () => world.inbox(user)))
  const other = world.inbox('nobody')
  // Some readings wait for Kinto, and all others for these.
  const first = await Promise.race([...crowd, other, world.inbox('nobody', '?status=x')])
  t.equal(first.status, 400, 'only what reads nothing goes on')
  resolve(undefined)
  t.equal((await other).status, 200)
  for (const { status } of await Promise.all(crowd)) t.equal(status, 200)
})
