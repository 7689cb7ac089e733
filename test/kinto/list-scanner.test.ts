import t from 'tap'
import { ListScanner, type ListedText } from '../../src/kinto/list-scanner.ts'

const bounds = { maxBytes: 1_000, maxValues: 50, maxDepth: 20 }

/** What is found in a text that comes in pieces of so many bytes. */
function found(text: string, bytes: number): { listed: ListedText[]; isComplete: boolean } {
  const scanner = new ListScanner(bounds)
  const whole = Buffer.from(text)
  const listed: ListedText[] = []
  for (let at = 0; at < whole.length; at += bytes)
    listed.push(...scanner.scan(whole.subarray(at, at + bytes)))
  return { listed, isComplete: scanner.isComplete }
}

const objects = [
  {},
  { id: 'plain', number: 1.5, list: [{}, [], { a: [null, true] }] },
  { text: 'a "quote", a \\ and { [ } ] , and both: \\" \\\\" \\\\\\"' },
  { end: '\\' },
  { 'a "name\\': '\\\\' },
  { é: '✓ 🙂' }
]

t.test('the objects of a list, in whatever pieces it comes', t => {
  for (const text of [
    JSON.stringify({ data: objects }),
    JSON.stringify({ data: objects }, undefined, 2),
    ` {"data" :\n[ ${objects.map(object => JSON.stringify(object)).join(' ,\r\n\t')} ] }`
  ])
    for (const bytes of [1, 2, 3, 7, 64, 10_000]) {
      const { listed, isComplete } = found(text, bytes)
      t.strictSame(
        listed.map(({ text }) => JSON.parse(String(text))),
        objects,
        `${bytes}`
      )
      t.ok(isComplete)
    }
  t.strictSame(found('{"data": []}', 3), { listed: [], isComplete: true })
  t.end()
})

t.test('one that is too large is in the way of no other', t => {
  const rows: [title: string, object: object][] = [
    ['bytes', { id: 'bad', text: 'x'.repeat(5_000) }],
    ['bytes in many texts', { id: 'bad', list: Array<string>(40).fill('"\\'.repeat(30)) }],
    ['values', { id: 'bad', list: Array<number>(60).fill(0) }],
    ['depth', { id: 'bad', list: JSON.parse(`${'['.repeat(30)}${']'.repeat(30)}`) }]
  ]
  for (const [title, bad] of rows)
    for (const size of [1, 5, 300, 10_000]) {
      const text = JSON.stringify({ data: [{ id: 1 }, bad, { id: 2 }] })
      const { listed, isComplete } = found(text, size)
      t.ok(isComplete)
      t.strictSame(
        listed.map(({ text, bytes }) => [text?.toString(), bytes]),
        [
          ['{"id":1}', 8],
          [undefined, JSON.stringify(bad).length],
          ['{"id":2}', 8]
        ],
        `${title}, ${size}`
      )
      t.match(listed[1], { start: /^\{"id":"bad".{0,250}$/ })
    }
  t.end()
})

t.test('what is no list, or has no end', t => {
  for (const text of [
    '{"data": {}} and more, so that it is longer than the beginning of a list may be at the most',
    '<html>'.repeat(20),
    '{"data": [1]}',
    '{"data": [{}, null]}'
  ])
    for (const size of [1, 1_000])
      t.throws(() => found(text, size), { name: 'KintoUnreachable' }, text)
  for (const text of ['', '{"data', '{"data": [', '{"data": [{}', '{"data": [{"a": "'])
    t.notOk(found(text, 4).isComplete, text)
  t.end()
})
