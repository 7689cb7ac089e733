import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, listenRaw, openRaw, sendRaw } from '../helpers/raw.ts'

const get = 'GET /v1/ HTTP/1.1\r\nHost: kinto.example\r\n\r\n'

t.test('status, body and headers come back, repeated ones too', async t => {
  const body = Buffer.from('{"n":9007199254740993,"f":1.0,"\xff":0}', 'latin1')
  const headers = [
    'Content-Type',
    'application/json',
    'Content-Length',
    String(body.length),
    'ETag',
    '"1795345486349"',
    'WWW-Authenticate',
    'Basic realm="Realm"',
    'WWW-Authenticate',
    'Bearer realm="Realm"',
    'Set-Cookie',
    'a=1',
    'Set-Cookie',
    'b=2',
    'Location',
    '/v1/x?y',
    'Content-Encoding',
    'gzip',
    'X-Latin',
    'caf\xe9',
    'Next-Page',
    `http://kinto.example/v1/?${'a'.repeat(100_000)}`,
    'Date',
    'Thu, 01 Jan 2026 00:00:00 GMT'
  ]
  const kinto = await startKinto(t, (_request, response) => {
    response.writeHead(401, headers).end(body)
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const answer = await sendRaw(t, url, get)
  t.equal(answer.status, 401)
  t.strictSame(answer.body, body)
  const received = answer.headers.map((text, index) =>
    index % 2 === 0 ? text.toLowerCase() : text
  )
  const sent = headers.map((text, index) => (index % 2 === 0 ? text.toLowerCase() : text))
  t.strictSame(received.slice(0, sent.length), sent)
  t.strictSame(
    received.slice(sent.length).filter((_text, index) => index % 2 === 0),
    ['connection', 'keep-alive'],
    'and nothing but the connection is added'
  )
})

for (const status of [
  200, 201, 202, 203, 205, 206, 299, 301, 302, 303, 307, 308, 400, 403, 404, 405, 406, 409, 410,
  412, 413, 415, 418, 429, 500, 501, 502, 503, 504, 511, 599
]) {
  t.test(`status ${status}`, async t => {
    const kinto = await startKinto(t, (_request, response) => {
      response.writeHead(status, { Location: 'http://127.0.0.1:1/elsewhere' }).end('as it is')
    })
    const { url } = await startGateway(t, { kinto: kinto.url })
    const answer = await sendRaw(t, url, get)
    t.equal(answer.status, status)
    t.equal(answer.body.toString(), 'as it is')
    t.equal(headerValue(answer.headers, 'location'), 'http://127.0.0.1:1/elsewhere')
    t.equal(kinto.requests.length, 1)
  })
}

for (const status of [204, 304]) {
  t.test(
    `status ${status}, as waitress sends it: no body, no length, and the connection closes`,
    async t => {
      const kinto = await listenRaw(t, connection => {
        connection.onRequest(() =>
          connection.socket.end(`HTTP/1.1 ${status} X\r\nETag: "1"\r\nConnection: close\r\n\r\n`)
        )
      })
      const { url } = await startGateway(t, { kinto: kinto.url })
      const client = await openRaw(t, url)
      for (let round = 1; round <= 2; round += 1) {
        client.write(get)
        const answer = await client.next()
        t.equal(answer.status, status)
        t.equal(headerValue(answer.headers, 'etag'), '"1"')
        t.equal(headerValue(answer.headers, 'content-length'), undefined)
      }
    }
  )
}

t.test('an answer that ends with its connection', async t => {
  const kinto = await listenRaw(t, connection => {
    connection.onRequest(() => connection.socket.end('HTTP/1.0 200 OK\r\n\r\nall of it'))
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  t.equal((await sendRaw(t, url, get)).body.toString(), 'all of it')
})

t.test('1xx answers and trailers are not passed on', async t => {
  const kinto = await listenRaw(t, connection => {
    connection.onRequest(() =>
      connection.socket.write(
        'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n' +
          'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' +
          '2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n'
      )
    )
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const answer = await sendRaw(t, url, get)
  t.equal(answer.status, 200)
  t.equal(answer.body.toString(), 'ok')
  t.notMatch(answer.headers.join(), /X-Sum/i)
})
