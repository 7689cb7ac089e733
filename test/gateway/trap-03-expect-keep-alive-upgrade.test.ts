import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, openRaw, sendRaw } from '../helpers/raw.ts'

// undici throws on these headers, so that every client that sends them gets a 500 from reply-from.

for (const header of [
  'Keep-Alive: timeout=5',
  'Upgrade: websocket',
  'Connection: Upgrade\r\nUpgrade: h2c',
  'Proxy-Connection: keep-alive',
  'TE: trailers',
  'Trailer: X-Sum',
  'Connection: keep-alive, x-private\r\nX-Private: 1'
]) {
  t.test(`a request with ${JSON.stringify(header)}`, async t => {
    const kinto = await startKinto(t, (_request, response) => {
      response.end('fine')
    })
    const { url } = await startGateway(t, { kinto: kinto.url })
    const answer = await sendRaw(
      t,
      url,
      `POST /v1/ HTTP/1.1\r\nHost: kinto.example\r\n${header}\r\nX-Kept: 1\r\n` +
        'Content-Length: 2\r\n\r\n{}'
    )
    t.equal(answer.status, 200)
    t.equal(answer.body.toString(), 'fine')
    const [received] = kinto.requests
    t.equal(received?.body.toString(), '{}')
    t.equal(headerValue(received?.rawHeaders ?? [], 'x-kept'), '1')
    for (const name of ['keep-alive', 'upgrade', 'proxy-connection', 'te', 'trailer', 'x-private'])
      t.equal(headerValue(received?.rawHeaders ?? [], name), undefined, name)
  })
}

t.test('Expect: 100-continue is answered at once, and not passed on', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end('fine')
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const client = await openRaw(t, url)
  client.write(
    'PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n'
  )
  t.equal((await client.next()).status, 100)
  client.write('body')
  t.equal((await client.next()).status, 200)
  t.equal(kinto.requests[0]?.body.toString(), 'body')
  t.equal(headerValue(kinto.requests[0]?.rawHeaders ?? [], 'expect'), undefined)
})
