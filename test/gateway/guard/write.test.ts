import t from 'tap'
import { readWrite } from '../../../src/gateway/guard/write.ts'
import { caught } from '../../helpers/caught.ts'

const utf8 = (text: string): Buffer => Buffer.from(text)

t.test('a body is read as Kinto does', async t => {
  t.same(readWrite('PATCH', ['Content-Type', 'application/merge-patch+json'], utf8('{"data": {"a": "b"}}')), { method: 'PATCH', merge: true, body: { data: { a: 'b' } } })
  t.match(readWrite('PATCH', ['Content-Type', 'application/merge-patch+json; charset=utf-8'], utf8('{}')), { merge: false })
  t.same(readWrite('PUT', [], utf8('')), { method: 'PUT', merge: false, body: undefined })
  t.match(readWrite('PUT', ['content-type', 'application/json; Charset="UTF-8"', 'Content-Encoding', 'Identity'], utf8('[1]\0}')), { body: [1] })
})

t.test('what Kinto might read in another way is refused', async t => {
  const rows: [headers: string[], body: Buffer, status: number][] = [
    [['Content-Type', 'application/json; charset=utf-16'], utf8('{}'), 415],
    [['Content-Type', 'application/json;charset=latin-1'], utf8('{}'), 415],
    [['Content-Type', 'application/json; charset = utf-7'], utf8('{}'), 415],
    ...['utf-8 sig', 'utf-8\tsig', 'utf-8"sig', '"utf-8" -sig', 'utf-8; charset=utf-7', "'utf-8'", 'utf_8', ''].map((charset): [string[], Buffer, number] => [['Content-Type', `application/json; charset=${charset}`], utf8('{}'), 415]),
    [['Content-Type', "application/json; charset*=utf-8''utf-7"], utf8('{}'), 415],
    [['Content-Type', 'application/json', 'content-type', 'application/json'], utf8('{}'), 415],
    [['Content-Encoding', 'gzip'], utf8('{}'), 415],
    [[], utf8('{'), 400],
    [[], utf8('\ufeff{}'), 400],
    [[], Buffer.from('"\xe9"', 'latin1'), 400]
  ]
  for (const [headers, body, status] of rows) t.match(caught(() => readWrite('PUT', headers, body)), { problem: { status } }, `${headers.join(': ')} ${String(body)}`)
})
