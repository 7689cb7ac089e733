import t from 'tap'
import { startGateway } from '../../helpers/gateway.ts'
import { startKinto } from '../../helpers/kinto.ts'
import { headerValue, openRaw } from '../../helpers/raw.ts'

const invalid =
  '{"code":400,"errno":107,"error":"Bad Request","message":"The request is not valid HTTP."}'

const refused: Array<[name: string, request: string, status: string, body: string]> = [
  ['an unknown method', 'BREW / HTTP/1.1\r\n\r\n', '400 Bad Request', invalid],
  ['a path with a raw byte', 'GET /\xe9 HTTP/1.1\r\n\r\n', '400 Bad Request', invalid],
  [
    'a name with a colon',
    'GET / HTTP/1.1\r\nHost: kinto.example\r\n:path: /\r\n\r\n',
    '400 Bad Request',
    invalid
  ],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    '400 Bad Request',
    invalid
  ],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nHost: kinto.example\r\n' +
      'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    '400 Bad Request',
    invalid
  ],
  [
    'headers of 3 MB',
    `GET / HTTP/1.1\r\nHost: kinto.example\r\nX: ${'x'.repeat(3_000_000)}\r\n\r\n`,
    '431 Request Header Fields Too Large',
    '{"code":431,"errno":107,"error":"Request Header Fields Too Large",' +
      '"message":"The headers of the request are too large."}'
  ]
]

for (const [name, request, status, body] of refused) {
  t.test(`${name} is refused in Kinto's shape`, async t => {
    const kinto = await startKinto(t)
    const { url } = await startGateway(t, { kinto: kinto.url })
    const client = await openRaw(t, url)
    client.write(request)
    const answer = await client.next()
    t.equal(answer.statusLine, `HTTP/1.1 ${status}`)
    t.equal(answer.body.toString(), body)
    t.strictSame(answer.headers, [
      'Content-Type',
      'application/json',
      'Content-Length',
      String(body.length),
      'Connection',
      'close',
      'Access-Control-Allow-Origin',
      '*',
      'Access-Control-Expose-Headers',
      'Backoff, Retry-After, Alert, Content-Length, Content-Type'
    ])
    t.equal(await client.ended(), '', 'once, and then the connection closes')
    t.strictSame(kinto.requests, [])
  })
}

t.test('headers that never end', async t => {
  const { url } = await startGateway(t, {
    kinto: 'http://127.0.0.1:1',
    http: { headersTimeout: 20, connectionsCheckingInterval: 10 }
  })
  const client = await openRaw(t, url)
  client.write('GET / HTTP/1.1\r\nHost: kinto.example\r\n')
  const answer = await client.next()
  t.equal(answer.statusLine, 'HTTP/1.1 408 Request Timeout')
  t.equal(
    answer.body.toString(),
    '{"code":408,"errno":107,"error":"Request Timeout",' +
      '"message":"The headers of the request took too long."}'
  )
})

t.test('a body that goes wrong is refused', async t => {
  const kinto = await startKinto(t)
  const { url } = await startGateway(t, { kinto: kinto.url })
  const client = await openRaw(t, url)
  client.write(
    'PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '2\r\nok\r\nzz\r\n'
  )
  t.equal((await client.next()).status, 400)
  await client.ended()
  t.strictSame(kinto.requests, [], 'and Kinto does not get a whole request')
})

t.test('what cannot be read after a request is not mistaken for the answer to it', async t => {
  t.test('before its answer', async t => {
    const answered = Promise.withResolvers<void>()
    const kinto = await startKinto(t, (_request, response) => {
      void answered.promise.then(() => response.end('done'))
    })
    const { url } = await startGateway(t, { kinto: kinto.url })
    const client = await openRaw(t, url)
    const arrived = kinto.nextRequest()
    client.write('PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 0\r\n\r\n')
    await arrived
    client.write('garbage\r\n\r\n')
    answered.resolve()
    t.equal((await client.next()).body.toString(), 'done', 'which still comes')
    t.equal(await client.ended(), '', 'and nothing behind it')
  })

  t.test('in the middle of it', async t => {
    const kinto = await startKinto(t, (_request, response) => {
      response.writeHead(200, { 'Content-Length': 1000 }).write('half')
    })
    const { url } = await startGateway(t, { kinto: kinto.url, timeoutMs: 50 })
    const client = await openRaw(t, url)
    client.write('GET /v1/ HTTP/1.1\r\nHost: kinto.example\r\n\r\n')
    await new Promise(resolve => {
      client.socket.once('data', resolve)
    })
    client.write('garbage\r\n\r\n')
    t.match(await client.ended(), /\r\n\r\nhalf$/)
  })
})

t.test('a body may come as slowly as the client is', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end('whole')
  })
  const { url } = await startGateway(t, {
    kinto: kinto.url,
    http: { headersTimeout: 20, connectionsCheckingInterval: 10 }
  })
  const client = await openRaw(t, url)
  client.write('PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 4\r\n\r\n')
  for (const part of 'slow') {
    await new Promise(resolve => {
      setTimeout(resolve, 30)
    })
    client.write(part)
  }
  const answer = await client.next()
  t.equal(answer.body.toString(), 'whole')
  t.equal(headerValue(answer.headers, 'connection'), 'keep-alive')
})

t.test('an idle connection is kept for longer than any usual proxy keeps it', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end('fine')
  })
  const { url, app } = await startGateway(t, { kinto: kinto.url })
  const idle = new Promise<number | undefined>(resolve => {
    app.server.once('request', (_request, response) =>
      response.once('close', () => {
        resolve(response.req.socket.timeout)
      })
    )
  })
  const client = await openRaw(t, url)
  client.write('GET /v1/ HTTP/1.1\r\nHost: kinto.example\r\n\r\n')
  const { headers } = await client.next()
  t.equal(headerValue(headers, 'keep-alive'), 'timeout=72', 'what a client is told')
  t.equal(await idle, 620_000)
})
