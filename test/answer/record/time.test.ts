import t from 'tap'
import { readTime } from '../../../src/answer/record/time.ts'

t.test('dates and times as times', async t => {
  const rows: [text: string, same: string][] = [
    ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22t15:30:00.5+05:30', '2026-11-22T10:00:00.500Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.000Z']
  ]
  for (const [text, same] of rows) t.equal(new Date(readTime(text) ?? 0).toISOString(), same, text)
  for (const other of [undefined, 5, '2026-11-22', '2026-02-30T10:00:00Z', 'now'])
    t.equal(readTime(other), undefined, String(other))
})
