import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, listenRaw, openRaw, sendRaw } from '../helpers/raw.ts'

// undici closes the connection after every HEAD, and trap 5 then closes the client's.

t.test('HEAD keeps both connections', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response
      .writeHead(200, ['Content-Length', '11', 'Total-Objects', '3', 'Connection', 'keep-alive'])
      .end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const client = await openRaw(t, url)
  for (let round = 1; round <= 3; round += 1) {
    client.write('HEAD /v1/buckets HTTP/1.1\r\nHost: kinto.example\r\n\r\n')
    const { status, headers } = await client.next({ bodyless: true })
    t.equal(status, 200)
    t.equal(headerValue(headers, 'content-length'), '11')
    t.equal(headerValue(headers, 'total-objects'), '3')
  }
  t.strictSame(
    kinto.requests.map(({ method, connection }) => [method, connection]),
    [
      // It rests after that, to see whether Kinto leaves it open.
      ['HEAD', 1],
      ['HEAD', 2],
      ['HEAD', 2]
    ]
  )
})

t.test("a body that comes with a HEAD all the same is nobody's answer", async t => {
  const upstream = await listenRaw(t, connection => {
    let owed = ''
    connection.onRequest(head => {
      if (head.startsWith('HEAD')) {
        owed = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother'
        return void connection.socket.write(
          'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 42\r\n\r\n'
        )
      }
      connection.socket.write(`${owed}HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine`)
      owed = ''
    })
  })
  const { url } = await startGateway(t, { kinto: upstream.url })
  await sendRaw(t, url, 'HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n', { bodyless: true })
  t.equal((await sendRaw(t, url, 'GET /b HTTP/1.1\r\nHost: a\r\n\r\n')).body.toString(), 'mine')
})
