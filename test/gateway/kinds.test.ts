import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import t from 'tap'
import { classify } from '../../src/gateway/classify.ts'
import { Kinds } from '../../src/gateway/kinds.ts'
import { Refusal } from '../../src/kinto/errors.ts'
import { caught } from '../helpers/caught.ts'

function request(method: string, url: string): IncomingMessage {
  return Object.assign(new IncomingMessage(new Socket()), { method, url })
}

t.test('a request is classified once, by the target with which it came', async t => {
  const targets: string[] = []
  const kinds = new Kinds((method, target) => {
    targets.push(target)
    return classify(method, target)
  })
  const batch = request('POST', '/v1/batch')
  t.strictSame(kinds.classify(batch), { kind: 'batch', version: 'v1' })
  batch.url = '/inspected'
  t.strictSame(kinds.inspected(batch), { kind: 'batch', version: 'v1' })
  t.equal(kinds.nameOf(batch), 'batch')
  t.strictSame(targets, ['/v1/batch'])
})

t.test('what is relayed cannot be looked into', async t => {
  const kinds = new Kinds(classify)
  const record = request('GET', '/v1/buckets/b')
  t.strictSame(kinds.classify(record), { kind: 'relayed' })
  t.equal(kinds.nameOf(record), 'relayed')
  const error = caught(() => kinds.inspected(record))
  t.ok(error instanceof Refusal)
})
