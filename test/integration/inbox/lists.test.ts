import t from 'tap'
import { listFor, type List } from '../../../src/inbox/filters.ts'
import { needsParts } from '../../helpers/real.ts'
import { call } from '../../helpers/service.ts'
import { putMany } from './many.ts'
import { bucket, startWorld } from './world.ts'

// Of each kind that Kinto orders, and the borders between them.
const texts = ['', ' ', 'x', '0', '9', 'A', 'é', '2026-12-01T00:00:00Z', '2027', '~']
const noTexts = [0, 1, -1, 1.5, 1e15, true, false, [], ['a'], [[]], {}, { a: 1 }, { a: {} }]
const overs = ['x', null, true, 0, -1, 1, '', [], {}].map(at => ({ at }))
const values: unknown[] = [undefined, null, ...texts, ...noTexts, ...overs]
const others = { taskToken: [{ activityArn: 'arn:x' }], activityArn: [{ taskToken: null }] }
const fields = ['expiresAt', 'reviewer', 'over', 'taskToken', 'activityArn'] as const

const records = fields.flatMap(field =>
  [{}, ...(field in others ? others[field as keyof typeof others] : [])].flatMap((other, turn) =>
    values.map((value, index) => ({
      id: `${field}-${turn}-${index}`,
      data: { ...other, ...(value !== undefined && { [field]: value }) } as Record<string, unknown>
    }))
  )
)

t.test('the parts of a list have all of its entries together', needsParts('lists'), async t => {
  const { kinto } = await startWorld(t)
  await putMany({ kinto }, records)
  /** The ids of all records in a list, in pages of 7. */
  async function idsIn({ query }: List): Promise<string[]> {
    const ids: string[] = []
    let next: string | null = `${kinto.url}/v1${bucket}/collections/a/records?${query}&_limit=7`
    while (next !== null) {
      const { status, text, body, headers } = await call(next, { user: 'workflow' })
      if (status !== 200) throw new Error(`${next}: ${text}`)
      ids.push(...body.data.map(({ id }: { id: string }) => id))
      next = headers.get('next-page')
    }
    return ids
  }
  async function leavesOf(list: List): Promise<string[]> {
    const ids = await idsIn(list)
    t.equal(ids.length, new Set(ids).size, 'each once')
    if (list.parts.length === 0) return ids
    const parts: string[] = []
    for (const part of list.parts) parts.push(...(await leavesOf(part)))
    t.strictSame(
      parts.filter(id => !ids.includes(id)),
      [],
      'no part has more than its list'
    )
    return parts
  }
  const asks = ({ data }: (typeof records)[number]): boolean =>
    [{ taskToken: 'token', ...data }].some(
      ({ taskToken, ...rest }) =>
        isText(taskToken) || isText((rest as Record<string, unknown>)['activityArn'])
    )
  const mayBeMine = ({ data: { reviewer } }: (typeof records)[number]): boolean =>
    typeof reviewer !== 'string' || ['', 'x'].includes(reviewer)
  const mayBeOver = ({ data: { over } }: (typeof records)[number]): boolean =>
    typeof (over as { at?: unknown } | undefined)?.at === 'string'
  for (const list of ['waiting', 'over'] as const)
    for (const isMine of [false, true]) {
      const found = new Set(await leavesOf(listFor({ list, isMine }, ['x'])))
      const wanted = records
        .filter(asks)
        .filter(record => !isMine || mayBeMine(record))
        .filter(record => list === 'waiting' || mayBeOver(record))
      t.ok(wanted.length > 0)
      t.strictSame(
        wanted.filter(({ id }) => !found.has(id)),
        [],
        `${list}, ${isMine ? 'mine' : 'all'}`
      )
    }
})

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== ''
}
