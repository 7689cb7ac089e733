import t from 'tap'
import { withoutAdditions } from './additions.ts'
import { refused, sameBut } from './compare.ts'
import type { Answer } from './exchange.ts'
import { normalise } from './normalise.ts'

function answer(change: Partial<Answer> = {}): Answer {
  return {
    status: 200,
    statusLine: 'HTTP/1.1 200 OK',
    interim: [],
    headers: ['A', '1', 'A', '2', 'B', '3'],
    body: Buffer.from('text'),
    ...change
  }
}

const later = Date.now()

t.test('a difference is seen', async t => {
  const others: Record<string, Partial<Answer>> = {
    status: { statusLine: 'HTTP/1.1 201 Created' },
    reason: { statusLine: 'HTTP/1.1 200 Fine' },
    'interim answer': { interim: [100] },
    'order of repeated headers': { headers: ['A', '2', 'A', '1', 'B', '3'] },
    'missing header': { headers: ['A', '1', 'A', '2'] },
    'more headers': { headers: ['A', '1', 'A', '2', 'B', '3', 'C', '4'] },
    'joined headers': { headers: ['A', '1, 2', 'B', '3'] },
    body: { body: Buffer.from('text ') },
    encoding: { body: Buffer.from('t\xe9xt', 'latin1') }
  }
  for (const [name, change] of Object.entries(others))
    t.equal(sameBut()(answer(), answer(change)).length, 1, name)
  t.match(sameBut()(answer(), answer({ headers: ['B', '3'] })), ['a: Kinto 1\n2, the service none'])
})

t.test('what means nothing is not a difference', async t => {
  const other = answer({
    statusLine: 'HTTP/1.0 200 OK',
    headers: ['b', '3', 'a', '1', 'a', '2', 'Connection', 'close', 'Transfer-Encoding', 'chunked']
  })
  t.same(sameBut()(answer(), other), [])
  t.same(
    sameBut({ headers: ['b'], body: () => '' })(
      answer(),
      answer({ headers: ['A', '1', 'A', '2', 'B', '4'], body: Buffer.from('other') })
    ),
    []
  )
})

t.test('what Kinto makes for one answer is set aside, and nothing else', async t => {
  const one = '11111111-1111-4111-8111-111111111111'
  const two = '22222222-2222-4222-8222-222222222222'
  t.equal(
    normalise(`{"id":"${one}","of":"${two}","last_modified":${later},"uri":"/${one}"}`),
    '{"id":"<id 1>","of":"<id 2>","last_modified":<now>,"uri":"/<id 1>"}'
  )
  t.equal(normalise('{"id":"Ab_-9xYz"} "/groups/Ab_-9xYz"'), '{"id":"<id 1>"} "/groups/<id 1>"')
  t.equal(normalise(new Date(later).toUTCString()), '<date>')
  for (const text of [
    '{"id":"articles","last_modified":1700000000010}',
    'Tue, 14 Nov 2023 22:13:20 GMT',
    `${later}0`
  ])
    t.equal(normalise(text), text)
})

t.test('what the service adds is cut out, wherever it stands', async t => {
  const path = '/buckets/{bucket_id}/collections/{collection_id}/records/{record_id}/stepfunction'
  const entry = '"stepfunction":{"url":"a \\" }","list":[1,{"x":[]}]}'
  for (const [text, rest] of [
    [`{"a":1,${entry},"b":2}`, '{"a":1,"b":2}'],
    [`{${entry},"b":1.0}`, '{"b":1.0}'],
    [`{"c":{${entry}}}`, '{"c":{}}'],
    ['{"storage":true,"stepfunction":true}', '{"storage":true}'],
    [
      `{"paths":{"/x":{},"${path}":{"post":{}}},"tags":[{"name":"A"},{"name":"Stepfunction"}]}`,
      '{"paths":{"/x":{}},"tags":[{"name":"A"}]}'
    ],
    ['{"a": 1}', '{"a": 1}']
  ] as const)
    t.equal(withoutAdditions(text), rest)
})

t.test('a refusal has to be one, in the shape of the others', async t => {
  const refusal = answer({
    status: 400,
    statusLine: 'HTTP/1.1 400 Bad Request',
    body: Buffer.from('{"code":400,"errno":107,"error":"Bad Request","message":"No."}')
  })
  t.same(refused([200], [400])(answer(), refusal), [])
  t.equal(refused([405], [400])(answer(), refusal).length, 1)
  t.equal(refused([200], [501])(answer(), refusal).length, 1)
  t.equal(
    refused([200], [400])(answer(), { ...refusal, body: Buffer.from('Bad Request') }).length,
    1
  )
})
