import { METHODS } from 'node:http'
import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { sendRaw } from '../helpers/raw.ts'

t.test('every path and query in origin form arrives as it was sent', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const targets = [
    '/',
    '//',
    '/v1',
    '/v1/',
    '//v1/b',
    '/v1//b',
    '/v1/../x',
    '/v1/..a',
    '/v1/./b',
    '/v1/%2e%2e/b',
    '/v1/%2E/b',
    '/v1/%252e/b',
    '/v1/a%2Fb',
    '/v1/a%2fb',
    '/v1/a\\b',
    '/v1/a%5Cb',
    '/v1/a;b=c',
    '/v1/a:b@c',
    '/v1/{a}"<b>`|^',
    '/v1/%zz',
    '/v1/%',
    '/v1/%E9',
    '/v1/%C3%A9',
    '/v1/%00',
    '/v1/a#b?c',
    '/v1/a?',
    '/v1/a??b',
    '/v1/a?b=1&b=%20x&&c',
    '/v1/a?b=..%2f../../c',
    '/v1/a?b#c',
    '/v1/a?b=http://evil.example/',
    '/plain',
    '/answer',
    '/http://evil.example/v1/',
    `/v1/${'a'.repeat(20_000)}?in_id=${'b'.repeat(200_000)}`
  ]
  for (const target of targets) {
    const answer = await sendRaw(t, url, `GET ${target} HTTP/1.1\r\nHost: kinto.example\r\n\r\n`)
    t.equal(answer.status, 200, target.slice(0, 50))
    t.ok(kinto.requests.at(-1)?.url === target, 'arrived')
  }
})

t.test('the other forms are sent in origin form', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const targets: Array<[sent: string, received: string]> = [
    ['*', '/*'],
    ['http://evil.example:1/v1/../a?b#c', '/v1/../a?b#c'],
    ['HTTPS://evil.example', '/'],
    ['http://evil.example?a=/b', '/?a=/b']
  ]
  for (const [sent, received] of targets) {
    t.equal(
      (await sendRaw(t, url, `OPTIONS ${sent} HTTP/1.1\r\nHost: kinto.example\r\n\r\n`)).status,
      200,
      sent
    )
    t.equal(kinto.requests.at(-1)?.url, received)
  }
})

t.test('every method', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  for (const method of METHODS.filter(method => method !== 'CONNECT')) {
    const answer = await sendRaw(t, url, `${method} /v1/ HTTP/1.1\r\nHost: kinto.example\r\n\r\n`, {
      bodyless: method === 'HEAD'
    })
    t.equal(answer.status, 200, method)
    t.match(kinto.requests.at(-1), { method, url: '/v1/', body: Buffer.alloc(0) })
  }
})

t.test('what Kinto would take for the sub-resource is not forwarded', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  for (const path of [
    '/v1/buckets/b/collections/c/records/r/stepfunction',
    '//v1%2Fbuckets/b/collections/c/records/%72/%73tepfunction?x'
  ]) {
    const { body } = await sendRaw(
      t,
      url,
      `POST ${path} HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 0\r\n\r\n`
    )
    t.strictSame(JSON.parse(body.toString()), {
      kind: 'answer',
      ref: { version: 'v1', bucket: 'b', collection: 'c', record: 'r' }
    })
  }
  t.strictSame(kinto.requests, [])
})
