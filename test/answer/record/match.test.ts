import t from 'tap'
import { namedRecords, namesRecord } from '../../../src/answer/record/match.ts'

const id = '111715b1-5bc4-4083-8756-e7477c256d30'
const uri = `/buckets/b/collections/c/records/${id}`
const ref = { bucket: 'b', collection: 'c', record: id }
const anywhere = () => true

t.test('where a record is found', async t => {
  const rows: [title: string, input: unknown][] = [
    ['the id', id],
    ['in upper case, as it is', id],
    ['deep inside', { a: [{ b: { c: id } }] }],
    ["Kinto's answer", { postedToKinto: { data: { id } } }],
    ["a batch's answer", { postedToKinto: { responses: [{ body: { data: { id } } }] } }],
    ["Kinto's answer as text", { postedToKinto: JSON.stringify({ data: { id } }) }],
    ['text in text', JSON.stringify(JSON.stringify({ x: JSON.stringify([id]) }))],
    ['the URI', { record: uri }]
  ]
  for (const [title, input] of rows)
    t.ok(namesRecord(namedRecords(JSON.stringify(input), anywhere), ref), title)
})

t.test('where none is', async t => {
  const rows: [title: string, input: string | undefined][] = [
    ['nothing', undefined],
    ['no JSON', '{"id": '],
    ['a key', JSON.stringify({ [id]: 1 })],
    [
      'a part of a text',
      JSON.stringify({ execution: `arn:aws:states:us-west-2:123456789012:execution:Review:${id}` })
    ],
    ['another id', JSON.stringify('111715b1-5bc4-4083-8756-e7477c256d31')],
    ['another URI', JSON.stringify(`/buckets/b/collections/d/records/${id}`)],
    ['another URI beats the id', JSON.stringify([id, '/buckets/b/collections/c/records/other'])]
  ]
  for (const [title, input] of rows) t.notOk(namesRecord(namedRecords(input, anywhere), ref), title)
  t.notOk(namesRecord(namedRecords('"short"', anywhere), { ...ref, record: 'short' }), 'a short id')
  t.ok(
    namesRecord(namedRecords('"/buckets/b/collections/c/records/short"', anywhere), {
      ...ref,
      record: 'short'
    }),
    'but its URI'
  )
  t.ok(
    namesRecord(
      namedRecords(
        JSON.stringify([id, '/buckets/x/collections/c/records/other']),
        ({ bucket }) => bucket === 'b'
      ),
      ref
    ),
    'a URI out of scope beats nothing'
  )
})

t.test('an input as deep as its bytes allow', async t => {
  t.ok(
    namesRecord(
      namedRecords('['.repeat(130_000) + JSON.stringify(id) + ']'.repeat(130_000), anywhere),
      ref
    )
  )
})

t.test('an input as wide as its bytes allow', async t => {
  t.ok(
    namesRecord(
      namedRecords(JSON.stringify([...Array.from({ length: 131_000 }, () => 1), id]), anywhere),
      ref
    )
  )
})
