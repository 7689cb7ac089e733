import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { listenRaw, openRaw, sendRaw } from '../helpers/raw.ts'
import { request } from './requests.ts'

t.test('a client that leaves', async t => {
  t.test('while it uploads: Kinto does not get a whole request', async t => {
    const { promise: cut, resolve } = Promise.withResolvers<void>()
    const kinto = await listenRaw(t, connection => {
      connection.socket.on('close', () => resolve())
      connection.socket.resume()
    })
    const { url, log } = await startGateway(t, { kinto: kinto.url })
    const client = await openRaw(t, url)
    const head = 'PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 200000\r\n\r\n'
    client.write(head + 'x'.repeat(100_000))
    while (kinto.connections() === 0)
      await new Promise(resolve => {
        setImmediate(resolve)
      })
    client.socket.destroy()
    await cut
    t.notMatch(log.join('\n'), /UnhandledRejection/)
  })

  t.test('while it sends the first 64 KiB: Kinto gets nothing at all', async t => {
    const kinto = await listenRaw(t, () => {})
    const { url, app } = await startGateway(t, { kinto: kinto.url })
    const { promise: closed, resolve } = Promise.withResolvers<void>()
    app.server.once('connection', socket => {
      socket.once('close', () => {
        resolve()
      })
    })
    const client = await openRaw(t, url)
    client.write('PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 9\r\n\r\nhalf')
    client.socket.destroy()
    await closed
    t.equal(kinto.connections(), 0)
  })

  t.test('while Kinto answers: the answer is not read on', async t => {
    const { promise: cut, resolve } = Promise.withResolvers<void>()
    const kinto = await startKinto(t, (_request, response) => {
      response.writeHead(200, { 'Content-Length': 2 ** 30 }).write('first')
      response.on('close', () => resolve())
    })
    const { url } = await startGateway(t, { kinto: kinto.url })
    const client = await openRaw(t, url)
    client.write(request('GET'))
    await new Promise(resolve => {
      client.socket.once('data', resolve)
    })
    client.socket.destroy()
    await cut
    t.equal(kinto.requests.length, 1)
  })

  t.test('while Kinto thinks: the next client is served', async t => {
    const kinto = await startKinto(t, (_request, response) => {
      response.end('next')
    })
    const { promise: late, resolve: answerNow } = Promise.withResolvers<void>()
    kinto.fault({ nth: 1 }, (_request, response) => {
      void late.then(() => response.end('late'))
    })
    const { url, app } = await startGateway(t, { kinto: kinto.url })
    const arrived = kinto.nextRequest()
    const client = await openRaw(t, url)
    client.write(request('PUT'))
    await arrived
    client.socket.destroy()
    answerNow()
    t.equal((await sendRaw(t, url, request('GET'))).body.toString(), 'next')
    await app.close()
  })
})
