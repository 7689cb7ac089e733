import t from 'tap'
import { RecordReader } from '../../src/answer/record/reader.ts'
import { entryOf } from '../../src/inbox/entry.ts'

t.test('a decision without its time stands where its record was changed', async t => {
  const reader = new RecordReader({
    policy: { allowedArns: [], region: undefined },
    seals: undefined,
    sealRequired: [],
    observe() {}
  })
  const ref = { version: 'v1', bucket: 'b', collection: 'c', record: 'r' }
  const place = (answeredAt?: string) =>
    entryOf(ref, { status: 'FAIL', last_modified: 1_700, answeredAt }, 'decided', reader)?.place
  t.strictSame(place(), [-1_700, -1_700])
  t.strictSame(place('1970-01-01T00:00:01Z'), [-1_000, -1_700])
})
