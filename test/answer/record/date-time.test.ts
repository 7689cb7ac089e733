import t from 'tap'
import { readDateTime } from '../../../src/answer/record/date-time.ts'

const times: [text: unknown, time: number | undefined][] = [
  ['1970-01-01T00:00:00Z', 0],
  ['1970-01-01t00:00:00.5z', 500],
  ['1970-01-01T00:00:00.123456789Z', 123.456789],
  ['1970-01-01T01:30:00+01:30', 0],
  ['1969-12-31T23:00:00-01:00', 0],
  ['1970-01-01T00:00:00-00:00', 0],
  ['2026-12-01T12:00:00Z', Date.UTC(2026, 11, 1, 12)],
  ['2024-02-29T00:00:00Z', Date.UTC(2024, 1, 29)],
  ['0001-01-01T00:00:00Z', -62_135_596_800_000],
  ['9999-12-31T23:59:60Z', Date.UTC(10_000, 0, 1)],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-00-01T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-01-00T00:00:00Z', undefined],
  ['2026-01-01T24:00:00Z', undefined],
  ['2026-01-01T00:60:00Z', undefined],
  ['2026-01-01T00:00:61Z', undefined],
  ['2026-01-01T00:00:00+24:00', undefined],
  ['2026-01-01T00:00:00+00:60', undefined],
  ['2026-01-01T00:00:00', undefined],
  ['2026-01-01 00:00:00Z', undefined],
  ['2026-01-01', undefined],
  ['2026-01-01T00:00:00Z\n', undefined],
  ['2026-01-01T00:00:00.Z', undefined],
  ['', undefined],
  [undefined, undefined],
  [null, undefined],
  [1, undefined],
  [['2026-01-01T00:00:00Z'], undefined]
]

t.test('dates and times of RFC 3339, and all else', async t => {
  for (const [text, time] of times) t.equal(readDateTime(text), time, JSON.stringify(text))
})
