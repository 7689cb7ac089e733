import t from 'tap'
import { FirstEntries } from '../../src/inbox/first-entries.ts'

t.test('the first of them, in their order, and how many there are', async t => {
  const entries = new FirstEntries(3)
  const shown = (): string[] => entries.entries.map(({ record }) => record)
  t.equal(entries.total, 0)
  for (const [index, place] of [
    [Infinity, 2],
    [Infinity, 1],
    [5, 9],
    [-1, 0],
    [5, 9],
    [5, 8],
    [7, 7]
  ].entries()) {
    const entry = { record: `r${9 - index}` }
    entries.add({ entry, place: [place[0] ?? 0, place[1] ?? 0], version: 0 })
    t.equal(entries.total, Math.min(index + 1, 4))
  }
  t.strictSame(shown(), ['r6', 'r4', 'r5'])
  const tied = new FirstEntries(3)
  for (const record of ['b', 'c', 'a']) tied.add({ entry: { record }, place: [0, 0], version: 0 })
  t.strictSame(
    tied.entries.map(({ record }) => record),
    ['a', 'b', 'c']
  )
  const cut = new FirstEntries(3)
  cut.isCut = true
  t.equal(cut.total, 4)
})

t.test('of two entries of one record the newer one counts', async t => {
  for (const order of [
    [1, 2],
    [2, 1]
  ]) {
    const entries = new FirstEntries(3)
    for (const version of order)
      entries.add({ entry: { record: 'r', version }, place: [0, 0], version })
    t.strictSame(entries.entries, [{ record: 'r', version: 2 }])
    t.equal(entries.total, 1)
  }
})
