import t from 'tap'
import { answer, json, plan, record } from './planned.ts'

// Each of these was sent to a real Kinto, which refused the whole batch.
const refused: [title: string, batch: unknown][] = [
  ['no object', [answer]],
  ['nothing', ''],
  ['no JSON', '{'],
  ['a byte order mark', `\ufeff${JSON.stringify({ requests: [answer] })}`],
  ['no list', { requests: { 0: answer } }],
  ['another key', { requests: [answer], x: 1 }],
  ['no request', { requests: [answer, 1] }],
  ['another key of a request', { requests: [{ ...answer, x: 1 }] }],
  ['no path', { requests: [answer, {}] }],
  ['a path that is no text', { requests: [answer, { path: 1 }] }],
  ['a path without slash', { requests: [answer, { path: 'x' }] }],
  ['a batch inside', { requests: [answer, { path: '/batch' }] }],
  ['a path that looks like one', { requests: [answer, { path: '/buckets/batcher' }] }],
  ['an unknown method', { requests: [answer, { path: '/', method: 'OPTIONS' }] }],
  ['a method in lower case', { requests: [answer, { path: '/', method: 'get' }] }],
  ['a method that is no text', { requests: [answer, { path: '/', method: 1 }] }],
  ['headers that are none', { requests: [answer, { path: '/', headers: null }] }],
  ['a header that is no text', { requests: [answer, { path: '/', headers: { a: 1 } }] }],
  ['a body that is no object', { requests: [answer, { path: '/', body: 'x' }] }],
  ['a body that is nothing', { requests: [answer, { path: '/', body: null }] }],
  ['defaults that are none', { defaults: null, requests: [answer] }],
  ['defaults that fit nowhere', { defaults: { body: { answer: {} } }, requests: [answer] }],
  ['bad defaults', { defaults: { method: 'x' }, requests: [answer] }]
]

// Kinto's parser refuses each of these, or JavaScript's parser does.
const unreadable: [title: string, batch: unknown][] = [
  ['text behind a NUL', `${JSON.stringify({ requests: [answer] })}\0{`],
  [
    'nested too deeply',
    `{"requests":[${JSON.stringify(answer)},{"path":"/","body":${nested('{"a":')}}]}`
  ],
  [
    'defaults that are nested too deeply',
    `{"defaults":${nested('{"body":')},"requests":[${nested('{"body":')}]}`
  ],
  [
    'bytes that are no UTF-8',
    Buffer.from(`{"requests":[{"path":"${record}/stepfunction?\xe9"}]}`, 'latin1')
  ],
  [
    'half a surrogate pair',
    `{"requests":[${JSON.stringify(answer)},{"path":"/","body":{"a":"\\ud800"}}]}`
  ],
  [
    'half a surrogate pair in a name',
    `{"requests":[${JSON.stringify(answer)},{"path":"/","body":{"\\udc00":1}}]}`
  ],
  [
    'too large a number',
    `{"requests":[${JSON.stringify(answer)},{"path":"/","body":{"a":1e999}}]}`
  ],
  [
    'too small a number',
    `{"requests":[${JSON.stringify(answer)},{"path":"/","body":{"a":-1e999}}]}`
  ]
]

for (const [title, batch] of [...refused, ...unreadable]) {
  t.test(`Kinto can have it as it is: ${title}`, async t => {
    t.equal(plan(batch), undefined)
  })
}

t.test('only a batch that says that it is JSON, in UTF-8, is looked into', async t => {
  const batch = { requests: [answer] }
  for (const parameters of ['', ';charset=utf-8', '; charset=UTF8', '; charset="utf-8"', ' ; x=1'])
    t.ok(plan(batch, { headers: ['content-type', `application/json${parameters}`] }), parameters)
  t.ok(plan(batch, { headers: [...json, 'Content-Encoding', 'identity'] }))
  const others = [
    [],
    ['Content-Type', ''],
    ['Content-Type', 'text/plain'],
    ['Content-Type', 'Application/JSON'],
    [...json, ...json],
    ['Content-Type', 'application/json; charset=utf-16'],
    ['Content-Type', 'application/json; charset=utf-8; charset=utf-7'],
    ['Content-Type', 'application/json; charset*=utf-8'],
    [...json, 'Content-Encoding', 'gzip']
  ]
  for (const headers of others) t.equal(plan(batch, { headers }), undefined, headers.join())
})

function nested(opening: string): string {
  return `${opening.repeat(20_000)}1${'}'.repeat(20_000)}`
}
