import t from 'tap'
import { needsParts } from '../../helpers/real.ts'
import { call } from '../../helpers/service.ts'
import { putMany } from './many.ts'
import { at, bucket, startWorld } from './world.ts'

const expiresAt = '2026-12-01T00:00:00Z'
const read = ['account:alice', 'system.Authenticated']
const manyValues = Array<number>(100_001).fill(0)

// What nobody can ask here, and anybody may write into a record of their own.
const odd: object[] = [
  { expiresAt: [], choices: manyValues },
  { expiresAt: '', choices: manyValues },
  { expiresAt: '', subject: 'x'.repeat(4.1 * 1024 * 1024) },
  ...[[], {}, ['a'], { a: 1 }, { a: 2 }, [1], true, null, 5, '', '0', 'x', '0\u0001'].map(
    value => ({
      expiresAt: value
    })
  )
]

for (const settings of [{}, { 'kinto.paginate_by': '1' }, { 'kinto.paginate_by': '3' }])
  t.test(
    `no record takes the inbox from anybody: ${JSON.stringify(settings)}`,
    needsParts('the inbox'),
    async t => {
      const world = await startWorld(t, { kinto: { settings } })
      await world.record(at('a', 'one'), { expiresAt }, { read })
      await world.record(at('b', 'other'), {}, { read })
      for (const [index, data] of odd.entries())
        await world.record(at('a', `odd${index}`), data, { read })
      await world.record(at('a', 'two'), {}, { read })
      const honest = ['one', 'other', 'two']
      for (const query of ['', '?reviewer=me']) {
        const ids = await world.ids('alice', query)
        t.strictSame(
          honest.filter(id => ids.includes(id)),
          honest
        )
        t.equal(ids[0], 'one')
        t.equal(ids.length, new Set(ids).size)
        t.equal(ids.length, honest.length + odd.length - 3, 'three are too large')
      }
      await world.service.logged('a record is too large for the inbox, which leaves it out')
      t.same(
        new Set(
          world.service.log
            .filter(({ msg }) => /too large/.test(String(msg)))
            .map(({ record }) => record)
        ),
        new Set([0, 1, 2].map(index => `${bucket}${at('a', `odd${index}`)}`)),
        'each is named in the log, once'
      )
    }
  )

t.test('a look costs one request for each collection', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  const { proxy } = world
  const ids = Array.from({ length: 475 }, (_none, index) => `q${index}`)
  await putMany(
    world,
    ids.map(id => ({ id, data: { expiresAt } }))
  )
  await world.ids()
  for (const title of ['an ordinary one', 'with a record of 100,001 values']) {
    for (const query of ['', '?reviewer=me']) {
      proxy.passed.length = 0
      t.equal((await world.ids('workflow', query)).length, 475)
      t.equal(proxy.passed.length, 3, `${title}: the root view, and two collections`)
    }
    await world.record(at('a', 'many'), { expiresAt: '', choices: manyValues })
  }
})

t.test('records that ask nothing hide no question', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  const other = Array.from({ length: 510 }, (_none, index) => index)
  await putMany(
    world,
    other.map(index => ({ id: `draft${index}`, data: { taskToken: null, title: 'x' } }))
  )
  await world.record(at('a', 'question'), {})
  await world.record(at('a', 'activity'), { taskToken: '', activityArn: 'arn:x' })
  await world.record(at('a', 'asked-again'), { over: { at: '2026-01-01T00:00:00Z', token: 'old' } })
  await world.record(at('a', 'of-bob'), { reviewer: 'account:bob' })
  const shown = ['question', 'activity', 'asked-again']
  for (const [query, ids] of [
    ['', [...shown, 'of-bob']],
    ['?reviewer=me', shown],
    ['?status=over', []]
  ] as const) {
    const { body, headers } = await world.inbox('workflow', query)
    t.same(new Set(body.data.map(({ id }: { id: string }) => id)), new Set(ids), query)
    t.equal(headers.get('total-objects'), String(ids.length), 'it is exact')
  }
})

t.test('many questions with large forms are all shown', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  const country = { enum: Array.from({ length: 100 }, (_none, n) => `${n} ${'x'.repeat(600)}`) }
  const form = { type: 'object', properties: { country } }
  await putMany(
    world,
    Array.from({ length: 300 }, (_none, index) => ({ id: `r${index}`, data: { form } }))
  )
  const { body, headers } = await world.inbox('workflow')
  t.equal(body.data.length, 300)
  t.equal(headers.get('total-objects'), '300')
})

t.test('a record that changes meanwhile is there once', needsParts('the inbox'), async t => {
  const world = await startWorld(t, { kinto: { settings: { 'kinto.paginate_by': '2' } } })
  const ids = ['r1', 'r2', 'r3', 'r4', 'r5']
  for (const id of ids) await world.record(at('a', id))
  let isDone = false
  world.proxy.before = async ({ url }) => {
    if (isDone || !url.includes('_token')) return undefined
    isDone = true
    await call(`${world.kinto.url}/v1${bucket}${at('a', 'r1')}`, {
      method: 'PATCH',
      user: 'workflow',
      body: { data: { subject: 'changed' } }
    })
    return undefined
  }
  const { body, headers } = await world.inbox('workflow')
  t.strictSame(body.data.map(({ id }: { id: string }) => id).toSorted(), ids)
  t.equal(headers.get('total-objects'), '5')
  t.match(
    body.data.find(({ id }: { id: string }) => id === 'r1'),
    { subject: 'changed' },
    'as it was read last'
  )
})
