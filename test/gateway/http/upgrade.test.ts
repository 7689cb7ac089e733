import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { startGateway } from '../../helpers/gateway.ts'
import { startKinto } from '../../helpers/kinto.ts'
import { headerValue, openRaw } from '../../helpers/raw.ts'

const offers: Record<string, string> = {
  'to a WebSocket': 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n',
  'to HTTP/2': 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAM\r\n',
  'to two protocols': 'connection: keep-alive, upgrade\r\nupgrade: a/1\r\nUPGRADE: b/2\r\n',
  'outside of Connection': 'Upgrade: websocket\r\n'
}
const bodies: Record<string, [method: string, fields: string, body: string]> = {
  'no body': ['GET', '', ''],
  'a body': ['PUT', 'Content-Length: 4\r\n', 'body'],
  'a body in chunks': ['PUT', 'Transfer-Encoding: chunked\r\n', '4\r\nbody\r\n0\r\n\r\n']
}
const plain = 'GET /v1/plain HTTP/1.1\r\nHost: kinto.example\r\n\r\n'

for (const [to, offer] of Object.entries(offers))
  for (const [having, [method, fields, body]] of Object.entries(bodies))
    t.test(`an offer to change ${to}, with ${having}, hides no other request`, async t => {
      const kinto = await startKinto(t, (_request, response, { url, body }) => {
        response.end(`${url} ${body.toString()}`)
      })
      const { url } = await startGateway(t, { kinto: kinto.url })
      const rest = ` HTTP/1.1\r\nHost: a\r\n${offer}${fields}X-Kept: \xe9\r\n\r\n${body}`
      const first = `${method} /v1/a%2F?b${rest}`
      const sent = `${first}${plain}${method} /v1/second${rest}${plain}`
      for (const cut of [0, 3, Math.floor(sent.length / 2), first.length + 5]) {
        const client = await openRaw(t, url)
        client.write(sent.slice(0, cut))
        client.write(sent.slice(cut))
        const responses: string[] = []
        for (let count = 0; count < 4; count += 1)
          responses.push((await client.next()).body.toString())
        const text = body === '' ? '' : 'body'
        t.strictSame(responses, [
          `/v1/a%2F?b ${text}`,
          '/v1/plain ',
          `/v1/second ${text}`,
          '/v1/plain '
        ])
        client.socket.destroy()
      }
      for (const { rawHeaders, url } of kinto.requests) {
        t.equal(headerValue(rawHeaders, 'upgrade'), undefined)
        t.equal(headerValue(rawHeaders, 'x-kept'), url === '/v1/plain' ? undefined : '\xe9')
      }
    })

t.test('an offer behind a request that takes its time waits for its turn', async t => {
  const held = Promise.withResolvers<void>()
  const kinto = await startKinto(t, (request, response) => {
    if (request.url === '/v1/slow') void held.promise.then(() => response.end('slow'))
    else response.end('fast')
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const offering = 'GET /v1/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: b\r\n\r\n'
  const slow = 'GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n'

  await t.test('and then has it', async t => {
    const client = await openRaw(t, url)
    const arrived = kinto.requested({ path: '/v1/slow' })
    client.write(slow + offering + plain)
    await arrived
    t.equal(kinto.requests.length, 1)
    held.resolve()
    for (const body of ['slow', 'fast', 'fast'])
      t.equal((await client.next()).body.toString(), body)
  })
})

t.test('a client that leaves while its offer waits', async t => {
  const kinto = await startKinto(t)
  kinto.fault({}, 'hang')
  const { url, app } = await startGateway(t, { kinto: kinto.url, timeoutMs: 5_000 })
  const offering = 'GET /v1/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: b\r\n\r\n'
  const client = await openRaw(t, url)
  const arrived = kinto.nextRequest()
  const offered = once(app.server, 'upgrade')
  client.write(plain + offering)
  const [{ socket }] = await offered
  await arrived
  const closed = new Promise(resolve => {
    socket.once('close', resolve)
  })
  client.socket.resetAndDestroy()
  await closed
  t.equal(kinto.requests.length, 1)
})

// What Node does for the responses on a connection has to go on when an offer comes behind them.
for (const [having, offer] of [
  ['no offer', ''],
  ['an offer', 'Connection: upgrade\r\nUpgrade: x\r\n']
] as const) {
  const behind = (path: string): string =>
    `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\nGET /v1/ HTTP/1.1\r\nHost: a\r\n${offer}\r\n`

  t.test(`behind a large response comes ${having}`, async t => {
    const large = Buffer.alloc(1_000_000, 'x')
    const kinto = await startKinto(t, ({ url }, response) => {
      if (url === '/v1/huge') for (let count = 0; count < 20; count++) response.write(large)
      response.end(url === '/v1/large' ? large : 'small')
    })
    // One for HEAD, and one for all else.
    const options = { kinto: kinto.url, connections: 2, clientIdleMs: 300 }
    const { url, app } = await startGateway(t, options)

    await t.test('a client that reads gets both', async t => {
      const client = await openRaw(t, url)
      client.write(behind('/v1/large'))
      t.equal((await client.next()).body.length, large.length)
      t.equal((await client.next()).body.toString(), 'small')
    })

    await t.test('one that does not read is cut off', async t => {
      const cut = once(app.server, 'connection').then(async ([socket]) => await closed(socket))
      const client = connect(Number(new URL(url).port), '127.0.0.1').pause()
      client.write(behind('/v1/huge'))
      await cut
      client.destroy()
      t.equal((await fetch(`${url}/v1/`)).status, 200, 'and holds no connection to Kinto')
    })

    await t.test('one that leaves holds no stop up', async t => {
      const [[socket]] = await Promise.all([
        once(app.server, 'connection'),
        new Promise(resolve => {
          const client = connect(Number(new URL(url).port), '127.0.0.1', () => {
            client.write(behind('/v1/huge'))
          })
          client.on('error', () => {})
          client.once('data', () => {
            client.destroy()
            resolve(undefined)
          })
        })
      ])
      await closed(socket)
      t.equal((await fetch(`${url}/v1/`)).status, 200)
      await app.close()
    })
  })
}

async function closed(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise(resolve => socket.once('close', resolve))
}
