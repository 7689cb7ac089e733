import t from 'tap'
import { needsParts } from '../../helpers/real.ts'
import { call } from '../../helpers/service.ts'
import { put } from '../stage.ts'
import { at, bucket, startWorld } from './world.ts'

t.test('never a shorter list', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  const { proxy, kinto } = world
  await world.record(at('a', 'one'), {}, { read: ['account:alice'] })
  await world.record(at('b', 'two'), {}, { read: ['account:alice'] })

  let path = '/collections/b/records'
  proxy.before = ({ url }) => (url.includes(path) ? 'cut' : undefined)
  const away = await world.inbox('alice')
  t.match(away, { status: 503, body: { errno: 201 } }, 'the connection is cut')
  t.ok(away.headers.has('retry-after'))
  path = '/v1/?'
  proxy.before = ({ url }) => (url === '/v1/' ? 'cut' : undefined)
  t.match(await world.inbox('alice'), { status: 503 }, 'the root view')
  proxy.before = () => undefined
  t.strictSame(await world.ids('alice'), ['one', 'two'])

  await call(`${kinto.url}/v1${bucket}/collections/b`, { method: 'DELETE', user: 'workflow' })
  t.strictSame(await world.ids('alice'), ['one'], 'a collection that is gone is left out')
})

t.test(
  'a stranger costs so many requests, and nobody takes all places',
  needsParts('the inbox'),
  async t => {
    const world = await startWorld(t)
    const { kinto, proxy } = world
    for (let index = 0; index < 30; index++)
      await put(kinto, `${bucket}/collections/c${index}`, {}, 'workflow')
    await world.ids('workflow')
    proxy.passed.length = 0
    t.equal((await world.inbox()).status, 401)
    t.equal(proxy.passed.length, 1 + 16)

    const { promise, resolve } = Promise.withResolvers<undefined>()
    proxy.before = () => promise
    const many = Array.from({ length: 17 }, () => world.inbox('alice'))
    t.match(await Promise.race(many), { status: 503, body: { message: /looks at the inbox/ } })
    resolve(undefined)
    const statuses = (await Promise.all(many)).map(({ status }) => status)
    t.strictSame(
      statuses.toSorted((a, b) => a - b),
      [...Array<number>(16).fill(200), 503]
    )
  }
)

t.test('records that nobody asked here hide no others', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  const expiresAt = '2026-12-01T00:00:00Z'
  for (const id of ['first', 'second']) await world.record(at('a', id), { expiresAt })
  await world.record(at('a', 'huge'), { choices: 'x'.repeat(5 * 1024 * 1024) })
  await world.record(at('a', 'deep'), { subject: JSON.parse('['.repeat(400) + ']'.repeat(400)) })
  await world.record(at('a', 'many'), { choices: Array<number>(120_000).fill(0) })
  await world.record(at('a', 'last'))
  t.strictSame(await world.ids(), ['first', 'second', 'deep', 'last'])
  await world.service.logged('a record is too large for the inbox, which leaves it out')
})

t.test('more text than one list may have', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  const choices = 'x'.repeat(3.9 * 1024 * 1024)
  for (let index = 0; index < 10; index++) await world.record(at('a', `r${index}`), { choices })
  const { body, headers } = await world.inbox('workflow')
  t.equal(headers.get('total-objects'), '501', 'there are more')
  t.ok(body.data.length >= 8)
  t.notOk(
    body.data.some((entry: object) => 'choices' in entry),
    'what is malformed is left out'
  )
  await world.service.logged('records are too large to show all of them in the inbox')
})
