import t, { type Test } from 'tap'
import { readFirst, type FirstObjects } from '../../src/kinto/first-objects.ts'
import { KintoSession } from '../../src/kinto/session.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'
import { startKinto } from '../helpers/kinto.ts'

interface Page {
  status?: number
  body: string
  /** Of the next page. */
  limit?: number
}

interface Read {
  read: FirstObjects | 'unchanged'
  ids: unknown[]
  limits: (string | null)[]
}

async function read(
  t: Test,
  pages: readonly Page[],
  options: { most?: number; isAllOrNothing?: boolean; etag?: string } = {}
): Promise<Read> {
  const limits: (string | null)[] = []
  const kinto = await startKinto(t, ({ url }, response) => {
    const { searchParams } = new URL(String(url), 'http://kinto')
    limits.push(searchParams.get('_limit'))
    const { status = 200, body = '', limit } = pages[limits.length - 1] ?? {}
    const next = `http://k/v1/list?_token=${limits.length}&_limit=${limit}`
    response.writeHead(status, { etag: '"7"', ...(limit !== undefined && { 'next-page': next }) })
    response.end(body)
  })
  const { dispatcher, close } = createUpstream({ origin: kinto.url, timeoutMs: 5_000 })
  t.teardown(close)
  const session = new KintoSession(
    { dispatcher, origin: kinto.url, timeoutMs: 5_000 },
    [],
    () => 5_000
  )
  const ids: unknown[] = []
  const found = await readFirst(session, '/v1/list?x=1', {
    most: 5,
    take: ({ id }) => ids.push(id),
    ...options
  })
  return { read: found, ids, limits }
}

const of = (...ids: string[]): string => JSON.stringify({ data: ids.map(id => ({ id })) })

const five = ['a', 'b', 'c', 'd', 'e']

t.test('the first objects of a list, and whether there are more', async t => {
  const rows: [title: string, pages: Page[], read: object][] = [
    ['one page', [{ body: of('a') }], { ids: ['a'], limits: ['5'], read: { etag: '"7"' } }],
    [
      'several',
      [{ body: of('a', 'b'), limit: 2 }, { body: of('c') }],
      { ids: ['a', 'b', 'c'], limits: ['5', '3'], read: { cut: undefined } }
    ],
    ['too many', [{ body: of(...five), limit: 5 }], { read: { cut: 'count' } }],
    [
      'an empty page, and a next one',
      Array.from({ length: 9 }, () => ({ body: of(), limit: 5 })),
      { ids: [], limits: ['5', '4', '3', '2', '1'], read: { cut: 'count' } }
    ],
    [
      'a token that Kinto does not take back',
      [
        { body: of('a'), limit: 1 },
        { status: 400, body: '{}' }
      ],
      { ids: ['a'], read: { cut: 'count' } }
    ]
  ]
  for (const [title, pages, expected] of rows) t.match(await read(t, pages), expected, title)
  t.match(await read(t, [{ status: 304, body: '' }], { etag: '"7"' }), { read: 'unchanged' })
})

t.test('one of which only a part would be read is not read', async t => {
  const options = { isAllOrNothing: true }
  t.match(await read(t, [{ body: of(...five), limit: 5 }], options), {
    ids: [],
    read: { cut: 'count' }
  })
  t.match(await read(t, [{ body: of(...five) }], options), {
    ids: five,
    read: { cut: undefined }
  })
})

t.test('no list, and one without an end', async t => {
  for (const body of ['{"data": {}}', '{"data": [{"id": "a"}', '{"data": [{"id": x}]}', ''])
    await t.rejects(read(t, [{ body }]), { name: 'KintoUnreachable' }, body)
  for (const status of [400, 403, 500])
    await t.rejects(read(t, [{ status, body: '{}' }]), { name: 'KintoRefusal' })
})

t.test('no more than so many bytes', async t => {
  const text = 'x'.repeat(4_000_000)
  const large = Array.from({ length: 10 }, (_none, id) => ({ id, text }))
  const few = await read(t, [{ body: JSON.stringify({ data: large }) }], { most: 20 })
  t.match(few.read, { cut: 'bytes' })
  t.equal(few.ids.length, 9)

  // What is left out counts for little.
  const tooLarge = Array.from({ length: 10 }, () => ({ text: 'x'.repeat(8_000_000) }))
  const data = [...tooLarge, { id: 'last' }]
  const last = await read(t, [{ body: JSON.stringify({ data }) }], { most: 20 })
  t.match(last, { ids: ['last'], read: { cut: undefined } })
})
