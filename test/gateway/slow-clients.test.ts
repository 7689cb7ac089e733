import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, listenRaw, openRaw, sendRaw, type RawAnswer } from '../helpers/raw.ts'

const clientIdleMs = 100

const put = (user: string, size: number): string =>
  `PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nAuthorization: ${user}\r\n` +
  `Content-Length: ${size}\r\n\r\n`

t.test('a body in pieces of one byte reaches Kinto whole, and in few pieces', async t => {
  let pieces = 0
  let received = ''
  const kinto = createServer((request, response) => {
    request.on('data', (piece: Buffer) => {
      pieces += 1
      received += piece.toString()
    })
    request.once('end', () => response.end())
  })
  await once(kinto.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => kinto.close())
  const { port } = kinto.address() as AddressInfo
  const { url } = await startGateway(t, { kinto: `http://127.0.0.1:${port}` })
  const head = 'PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nTransfer-Encoding: chunked\r\n\r\n'
  for (const size of [1, 20]) {
    const sent = Array.from({ length: 8_000 }, (_none, index) => String(index % 10).repeat(size))
    const chunks = sent.map(piece => `${size.toString(16)}\r\n${piece}\r\n`).join('')
    pieces = 0
    received = ''
    t.equal((await sendRaw(t, url, `${head}${chunks}0\r\n\r\n`)).status, 200)
    t.equal(received, sent.join(''))
    t.ok(pieces < 100, `${pieces} pieces`)
  }
})

t.test('a client that sends very many very small pieces is cut off', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const client = await openRaw(t, url)
  const head = 'PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nTransfer-Encoding: chunked\r\n\r\n'
  client.write(head + '1\r\nx\r\n'.repeat(100_000))
  await client.ended()
  t.equal(kinto.requests.length, 0)
})

t.test('a client that stops sending is cut off, before and after Kinto has a part', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url, clientIdleMs })
  for (const sent of [10, 100_000]) {
    const client = await openRaw(t, url)
    client.write(
      'PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 200000\r\n\r\n' +
        'x'.repeat(sent)
    )
    await once(client.socket, 'close')
    t.pass(`after ${sent} bytes`)
  }
})

t.test(
  'what is gathered of all bodies is bounded, and none of one caller keeps others out',
  async t => {
    const kinto = await startKinto(t, (_request, response) => {
      response.end()
    })
    const heads = { size: 100_000, share: 40_000 }
    const { url } = await startGateway(t, { kinto: kinto.url, heads })
    const slow = await openRaw(t, url)
    slow.write(`${put('alice', 40_000)}${'x'.repeat(39_000)}`)
    const send = async (user: string): Promise<RawAnswer> =>
      await sendRaw(t, url, `${put(user, 2_000)}${'x'.repeat(2_000)}`)
    let refused = await send('alice')
    // Until all of the slow one has come.
    while (refused.status === 200) refused = await send('alice')
    t.equal(refused.status, 503)
    t.equal(headerValue(refused.headers, 'retry-after'), '3')
    t.match(JSON.parse(refused.body.toString()), {
      message: 'Too many requests are being read. Try again in a moment.'
    })
    t.equal((await send('bob')).status, 200)
    slow.write('x'.repeat(1_000))
    t.equal((await slow.next()).status, 200, 'what has room goes on')
    t.equal((await send('alice')).status, 200, 'and gives it back')
  }
)

t.test('a client whose body waits for Kinto is not taken for a silent one', async t => {
  const { promise: seen, resolve } = Promise.withResolvers<void>()
  const kinto = await listenRaw(t, ({ socket }) => {
    socket.once('data', () => {
      socket.pause()
      resolve()
    })
  })
  const { url } = await startGateway(t, { kinto: kinto.url, clientIdleMs, timeoutMs: 2_000 })
  const client = await openRaw(t, url)
  let isCut = false
  client.socket.once('close', () => {
    isCut = true
  })
  const size = 16 * 1024 * 1024
  client.write(`PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: ${size}\r\n\r\n`)
  client.write(Buffer.alloc(size))
  await seen
  // It is about a bound.
  await sleep(5 * clientIdleMs)
  t.notOk(isCut)
})

t.test('a client that stops reading is cut off, and its connection to Kinto is free', async t => {
  const { promise: cut, resolve } = Promise.withResolvers<void>()
  const kinto = await startKinto(t, (_request, response) => {
    response.once('close', () => {
      resolve()
    })
    response.end(Buffer.alloc(64 * 1024 * 1024))
  })
  const { url } = await startGateway(t, { kinto: kinto.url, clientIdleMs })
  const client = await openRaw(t, url)
  client.socket.pause()
  client.write('GET /v1/ HTTP/1.1\r\nHost: kinto.example\r\n\r\n')
  await cut
  t.equal(kinto.requests.length, 1)
})

t.test('when all connections are in use, the next client is told so', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    // It is never silent for long.
    const writing = setInterval(() => response.write('.'), 100)
    response.once('close', () => {
      clearInterval(writing)
    })
  })
  const { url } = await startGateway(t, { kinto: kinto.url, timeoutMs: 1_000, connections: 2 })
  const get = 'GET /v1/ HTTP/1.1\r\nHost: kinto.example\r\n\r\n'
  const arrived = kinto.nextRequest()
  const first = await openRaw(t, url)
  first.write(get)
  await arrived
  const { status, body } = await sendRaw(t, url, get)
  t.equal(status, 503)
  t.match(JSON.parse(body.toString()), { message: 'Kinto is too busy. Try again in a moment.' })
  const leaving = await openRaw(t, url)
  leaving.write(get)
  leaving.socket.destroy()
  first.socket.destroy()
})
