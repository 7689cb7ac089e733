import t from 'tap'
import { isSealed, Seals } from '../../src/seal/seals.ts'
import { content, first, opened, parsed, seals, second, uri } from './sealing.ts'

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
