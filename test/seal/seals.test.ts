import t from 'tap'
import { parseJson, type JsonObject } from '../../src/kinto/json.ts'
import { differences } from '../../src/seal/compare.ts'
import { isSealed, Seals, type OpenedSeal } from '../../src/seal/seals.ts'

const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
const seals = new Seals(first)
const uri = '/buckets/b/collections/c/records/r'
const content = { taskToken: 'T', fromActivity: false, region: 'us-west-2', heartbeatSeconds: 60 }

function parsed(text: string): JsonObject {
  return parseJson(text) as JsonObject
}

function opened(text: string, where = seals, at = uri): OpenedSeal {
  const seal = where.open(at, text)
  if (seal === 'broken' || 'unknownKey' in seal) throw new Error('it does not open')
  return seal
}

/** What is found to be changed when a question stands there as `after`. */
function changes(before: string, after: string, openFields: string[] = []): string[] {
  const text = seals.sealQuestion(uri, { ...content, record: parsed(before), openFields })
  return seals.changed(uri, opened(text), {
    ...parsed(after),
    taskToken: text,
    id: 'r',
    last_modified: 1
  })
}

t.test('a seal holds what was asked', async t => {
  const text = seals.sealQuestion(uri, {
    ...content,
    record: parsed('{"subject":"x","amount":1000}'),
    openFields: ['note']
  })
  t.match(text, /^sealed:1:[\w-]+$/)
  t.ok(isSealed(text))
  t.match(opened(text), {
    ...content,
    question: {
      openFields: ['note'],
      fields: [
        ['subject', /^[\w-]{11}$/],
        ['amount', /^[\w-]{11}$/]
      ]
    }
  })
  t.notOk(isSealed('AQB'))
  t.ok(isSealed('sealed:2:x'), 'of any version')
  t.match(opened(seals.sealToken(uri, content)), { ...content, question: undefined })
  t.same(
    seals.changed(uri, opened(seals.sealToken(uri, content)), { anything: 'goes' }),
    [],
    'nothing was asked'
  )
})

const rows: [
  title: string,
  before: string,
  after: string,
  changed: string[],
  openFields?: string[]
][] = [
  ['the same', '{"a":"x","b":[1,{"c":null}]}', '{"b":[1.0,{"c":null}],"a":"x"}', []],
  ['differs', '{"a":"x","b":1}', '{"a":"y","b":1}', ['a']],
  ['differs deep inside', '{"a":{"b":[1,{"c":null}]}}', '{"a":{"b":[1,{}]}}', ['a']],
  ['another type', '{"a":"1","b":true,"c":[]}', '{"a":1,"b":"true","c":{}}', ['a', 'b', 'c']],
  ['new', '{"a":"x"}', '{"a":"x","b":1}', ['b']],
  ['gone', '{"a":"x","b":false,"c":0}', '{"a":"x"}', ['b', 'c']],
  ['all at once, sorted', '{"z":1,"a":1}', '{"z":2,"m":1}', ['a', 'm', 'z']],
  [
    'none, null and the empty text are one',
    '{"a":null,"b":"","d":""}',
    '{"b":null,"c":"","a":""}',
    []
  ],
  [
    'but something else than nothing',
    '{"a":null,"b":"","c":[]}',
    '{"a":"x","b":0,"c":""}',
    ['a', 'b', 'c']
  ],
  ['values that change places', '{"a":1,"b":2}', '{"a":2,"b":1}', ['a', 'b']],
  [
    'what an answer writes',
    '{"a":1}',
    '{"a":1,"status":"SUCCEED","choice":"x","output":{},"answeredBy":"y","answeredAt":"z","comment":"c","answerReceipt":"r","over":true}',
    []
  ],
  ["Kinto's schema version", '{"a":1}', '{"a":1,"schema":1700000000000}', []],
  ['a field of that name', '{"schema":"x"}', '{"schema":"y"}', ['schema']],
  ['a field of that name, a fraction', '{"schema":1.5}', '{"schema":2.5}', ['schema']],
  ['a field of that name, lost', '{"schema":"x"}', '{"schema":17}', ['schema']],
  ['an open field', '{"note":"a","a":1}', '{"note":"b","a":1}', [], ['note']],
  ['an open field, new or gone', '{"note":"a"}', '{"reviewer":"b"}', [], ['note', 'reviewer']],
  [
    'the list of open fields itself',
    '{"openFields":["note"],"a":1}',
    '{"openFields":["note","a"],"a":2,"note":"x"}',
    ['a', 'openFields'],
    ['note']
  ],
  ['a long name is cut', `{"${'n'.repeat(80)}":1}`, '{}', ['n'.repeat(60)]],
  [
    'long names that begin alike',
    `{"${'n'.repeat(80)}a":1,"${'n'.repeat(80)}b":1}`,
    `{"${'n'.repeat(80)}a":1,"${'n'.repeat(80)}b":2}`,
    ['n'.repeat(60)]
  ],
  [
    'a name that is cut in a character',
    `{"${'n'.repeat(59)}😀":1}`,
    '{}',
    [`${'n'.repeat(59)}\ufffd`]
  ],
  ['__proto__', '{"__proto__":1}', '{"__proto__":2}', ['__proto__']],
  ['__proto__, new', '{}', '{"__proto__":{"a":1}}', ['__proto__']],
  ['constructor, gone', '{"constructor":"x"}', '{}', ['constructor']]
]

for (const [title, before, after, changed, openFields] of rows) {
  t.test(`changed fields: ${title}`, async t => {
    t.same(changes(before, after, openFields), changed)
    t.same(differences(parsed(before), parsed(after), openFields ?? []), changed, 'in clear, too')
  })
}

t.test('a digest is of one record, of one field, and of one secret', async t => {
  const record = parsed('{"a":1,"b":1}')
  const of = (by: Seals, at: string) =>
    opened(
      by.sealQuestion(at, { ...content, record, openFields: [] }),
      by,
      at
    ).question?.fields.map(([, digest]) => digest) ?? []
  t.equal(
    new Set([...of(seals, uri), ...of(seals, `${uri}2`), ...of(new Seals(second), uri)]).size,
    6
  )
  t.same(of(seals, uri), of(seals, uri))
})

t.test('a seal opens where it was made, and nowhere else', async t => {
  const text = seals.sealQuestion(uri, { ...content, record: {}, openFields: [] })
  t.equal(seals.open(`${uri}2`, text), 'broken')
  t.strictSame(new Seals(second).open(uri, text), { unknownKey: seals.keyIds[0] })
  for (const other of [
    '',
    'T',
    'sealed:',
    'sealed:1:',
    'sealed:1:AAAA',
    text.replace('1', '2'),
    `${text}A`,
    text.slice(0, -1)
  ])
    t.equal(seals.open(uri, other), 'broken', other)
  const receipt = seals.writeReceipt(uri, 'T', { answer: 'SUCCEED' })
  t.equal(seals.open(uri, receipt.replace('receipt:', 'sealed:')), 'broken', 'a receipt is none')
})

t.test('the secret can be changed', async t => {
  const [old, both, turned] = [seals, new Seals(first, second), new Seals(second, first)]
  t.same(both.keyIds, [old.keyIds[0], turned.keyIds[0]])
  const record = parsed('{"a":1}')
  const [before, after] = [
    old.sealQuestion(uri, { ...content, record, openFields: [] }),
    turned.sealQuestion(uri, { ...content, record, openFields: [] })
  ]
  for (const some of [both, turned]) {
    for (const text of [before, after]) {
      t.same(some.changed(uri, opened(text, some), record), [])
      t.same(some.changed(uri, opened(text, some), parsed('{"a":2}')), ['a'])
    }
    t.match(some.readReceipt(uri, 'T', old.writeReceipt(uri, 'T', { answer: 'FAIL' })), {
      answer: 'FAIL'
    })
    t.match(some.readReceipt(uri, 'T', turned.writeReceipt(uri, 'T', { answer: 'FAIL' })), {
      answer: 'FAIL'
    })
  }
  const withToken = turned.withToken(uri, opened(before, turned), 'U')
  t.match(
    opened(withToken, old),
    { ...content, taskToken: 'U' },
    'sealed anew with its own secret, by which its digests were made'
  )
  t.same(old.changed(uri, opened(withToken, old), record), [])
  t.strictSame(old.open(uri, after), { unknownKey: turned.keyIds[0] })
})

t.test('a receipt is proof of one decision on one token of one record', async t => {
  const decision = {
    answer: 'SUCCEED',
    answeredBy: 'account:alice',
    answeredAt: 'then',
    comment: undefined
  }
  const receipt = seals.writeReceipt(uri, 'T', decision)
  t.match(receipt, /^receipt:1:[\w-]+$/)
  t.same(seals.readReceipt(uri, 'T', receipt), {
    answer: 'SUCCEED',
    answeredBy: 'account:alice',
    answeredAt: 'then'
  })
  t.equal(seals.readReceipt(uri, 'U', receipt), undefined, 'another token')
  t.equal(seals.readReceipt(`${uri}2`, 'T', receipt), undefined, 'another record')
  t.equal(new Seals(second).readReceipt(uri, 'T', receipt), undefined, 'another secret')
  for (const text of [
    '',
    'yes',
    'receipt:1:',
    `${receipt}A`,
    receipt.replace('1', '2'),
    seals.sealToken(uri, content).replace('sealed:', 'receipt:')
  ])
    t.equal(seals.readReceipt(uri, 'T', text), undefined, text)
})
