import t from 'tap'
import { InboxNotes } from '../../src/inbox/notes.ts'

t.test('the log names each record that the inbox leaves out, once', async t => {
  const told: object[] = []
  const notes = new InboxNotes({ warn: seen => void told.push(seen) })
  const ref = { version: 'v1', bucket: 'b', collection: 'c' }
  for (const start of ['{"id": "r1", "x"', '{"id":"r1"', '{"x": "no id"', '{"y": 1'])
    notes.leftOut(ref, start)
  t.strictSame(told, [
    { record: '/buckets/b/collections/c/records/r1' },
    { record: '/buckets/b/collections/c/records/unknown' }
  ])
})
