import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, sendRaw } from '../helpers/raw.ts'

const multipart =
  '--x\r\nContent-Disposition: form-data; name="attachment"; filename="a"\r\n\r\n' +
  '\x00\xff\r\n\r\n\xfe\r\n--x--\r\n'
const bodies: Array<[method: string, contentType: string | undefined, body: string]> = [
  ['POST', 'multipart/form-data; boundary=x', multipart],
  ['POST', 'application/x-www-form-urlencoded', 'email=a%40b&x=+'],
  ['POST', 'json', '{"a":1}'],
  ['POST', '', '{"a":1}'],
  ['POST', undefined, '{"a":1}'],
  ['POST', 'application/json', '{"a":'],
  [
    'PUT',
    'application/json',
    '{"data":{"n":9007199254740993,"f":1.0,"z":-0.0,"e":1e400,"a":1,"a":2}}'
  ],
  ['PUT', 'application/json; charset=latin1', '"\xe9"'],
  ['PATCH', 'application/merge-patch+json', '{"data":{"a":null}}'],
  ['PATCH', 'application/json-patch+json', '[]'],
  ['DELETE', 'application/json', '{"a":1}'],
  ['GET', 'application/json', '{"a":'],
  ['OPTIONS', 'text/plain', 'why'],
  ['PROPFIND', 'text/xml', '<a/>']
]

for (const [method, contentType, body] of bodies) {
  for (const framing of ['length', 'chunked']) {
    t.test(`the body of a ${method} with ${String(contentType)}, ${framing}`, async t => {
      const kinto = await startKinto(t, (_request, response) => {
        response.end()
      })
      const { url } = await startGateway(t, { kinto: kinto.url })
      const type = contentType === undefined ? '' : `Content-Type: ${contentType}\r\n`
      const head = `${method} /v1/ HTTP/1.1\r\nHost: kinto.example\r\n${type}`
      const half = Math.floor(body.length / 2)
      const chunks = [body.slice(0, half), body.slice(half)]
        .map(part => `${part.length.toString(16)}\r\n${part}\r\n`)
        .join('')
      const answer = await sendRaw(
        t,
        url,
        head +
          (framing === 'length'
            ? `Content-Length: ${body.length}\r\n\r\n${body}`
            : `Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`)
      )
      t.equal(answer.status, 200)
      const [received] = kinto.requests
      t.equal(received?.method, method)
      t.strictSame(received?.body, Buffer.from(body, 'latin1'))
      t.equal(headerValue(received?.rawHeaders ?? [], 'content-type'), contentType)
    })
  }
}

t.test('a request without a body has none', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  for (const head of [
    'DELETE /v1/ HTTP/1.1\r\nContent-Type: application/json',
    'POST /v1/ HTTP/1.1\r\nContent-Length: 0',
    'PUT /v1/ HTTP/1.1\r\nTransfer-Encoding: chunked'
  ]) {
    const answer = await sendRaw(
      t,
      url,
      `${head}\r\nHost: kinto.example\r\n\r\n${head.includes('chunked') ? '0\r\n\r\n' : ''}`
    )
    t.equal(answer.status, 200, head)
    t.equal(kinto.requests.at(-1)?.body.length, 0)
    t.equal(headerValue(kinto.requests.at(-1)?.rawHeaders ?? [], 'transfer-encoding'), undefined)
  }
})

t.test('a transfer coding that Node does not undo is refused', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end('ok')
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const { status, body } = await sendRaw(
    t,
    url,
    'POST /v1/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n' +
      'Connection: close\r\n\r\n0\r\n\r\n'
  )
  t.equal(status, 501)
  t.match(JSON.parse(body.toString()), { code: 501, errno: 107, message: /gzip, chunked/ })
  t.strictSame(kinto.requests, [])
})
