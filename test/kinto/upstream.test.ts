import { once } from 'node:events'
import { createServer as createHttpsServer } from 'node:https'
import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import {
  createUpstream,
  NotConnectedError,
  type UpstreamOptions
} from '../../src/kinto/upstream.ts'
import { startKinto } from '../helpers/kinto.ts'
import { listenRaw } from '../helpers/raw.ts'
import { selfSigned } from '../helpers/tls.ts'

function upstreamFor(
  t: Test,
  options: UpstreamOptions
): ReturnType<typeof createUpstream>['dispatcher'] {
  const upstream = createUpstream(options)
  t.teardown(() => upstream.close())
  return upstream.dispatcher
}

const get = { path: '/v1/', method: 'GET' } as const

t.test('headers may be a flat list or an object, and come back raw', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.writeHead(200, ['X-One', '1', 'x-one', '2', 'Content-Length', '2']).end('ok')
  })
  const dispatcher = upstreamFor(t, { origin: kinto.url, timeoutMs: 5000 })
  for (const headers of [
    ['Host', 'a.example', 'X-A', '1', 'x-a', '2'],
    { host: 'a.example', 'X-A': '1' }
  ]) {
    const response = await dispatcher.request({
      ...get,
      origin: kinto.url,
      headers,
      responseHeaders: 'raw'
    })
    t.equal(await response.body.text(), 'ok')
    t.match(Object.values(response.headers), ['X-One', '1', 'x-one', '2'])
  }
  t.match(kinto.requests[0]?.rawHeaders, [
    'host',
    'a.example',
    'connection',
    'keep-alive',
    'X-A',
    '1',
    'x-a',
    '2'
  ])
})

t.test('one request at a time on a connection, as many connections as needed', async t => {
  const { promise: both, resolve } = Promise.withResolvers<void>()
  const kinto = await startKinto(t, (_request, response) => {
    if (kinto.requests.length === 2) resolve()
    void both.then(() => response.end())
  })
  const dispatcher = upstreamFor(t, { origin: kinto.url, timeoutMs: 5000 })
  await Promise.all(
    [1, 2].map(async () => (await dispatcher.request({ ...get, origin: kinto.url })).body.dump())
  )
  t.strictSame(
    kinto.requests.map(({ connection }) => connection).toSorted((a, b) => a - b),
    [1, 2]
  )
})

t.test('nothing was sent', async t => {
  t.test('when nobody listens', async t => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.close()
    await once(server, 'close')
    const error: unknown = await upstreamFor(t, { origin, timeoutMs: 5000 })
      .request({ ...get, origin })
      .catch((reason: unknown) => reason)
    t.type(error, NotConnectedError)
    t.match(error, { cause: { code: 'ECONNREFUSED' } })
  })

  t.test('when TLS is not spoken, or not in time', async t => {
    const plain = await listenRaw(t, connection => {
      connection.socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
    })
    const silent = await listenRaw(t, () => {})
    for (const { url } of [plain, silent]) {
      const origin = url.replace('http:', 'https:')
      const error: unknown = await upstreamFor(t, {
        origin,
        timeoutMs: 5000,
        connectTimeoutMs: 100
      })
        .request({ ...get, origin })
        .catch((reason: unknown) => reason)
      t.type(error, NotConnectedError)
    }
  })
})

t.test('silence before the answer, and in it', async t => {
  const kinto = await startKinto(t)
  kinto.fault({ nth: 1 }, 'hang')
  kinto.fault({ nth: 2 }, (_request, response) => {
    response.writeHead(200, { 'Content-Length': '9' }).write('half')
  })
  const dispatcher = upstreamFor(t, { origin: kinto.url, timeoutMs: 50 })
  await t.rejects(dispatcher.request({ ...get, origin: kinto.url }), {
    code: 'UND_ERR_HEADERS_TIMEOUT'
  })
  const response = await dispatcher.request({ ...get, origin: kinto.url })
  await t.rejects(response.body.text(), { code: 'UND_ERR_BODY_TIMEOUT' })
})

t.test('close does not wait for a Kinto that is silent', async t => {
  const kinto = await startKinto(t)
  kinto.fault({}, 'hang')
  const upstream = createUpstream({ origin: kinto.url, timeoutMs: 60_000 })
  const arrived = kinto.nextRequest()
  const ended = t.rejects(upstream.dispatcher.request({ ...get, origin: kinto.url }), {
    code: 'UND_ERR_DESTROYED'
  })
  await arrived
  await upstream.close()
  await ended
  await t.rejects(upstream.dispatcher.request({ ...get, origin: kinto.url }))
})

t.test('an authority of the settings is trusted, beside those of Node', async t => {
  const certificate = selfSigned('127.0.0.1')
  const server = createHttpsServer(certificate, (_request, response) => {
    response.end('ok')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const response = await upstreamFor(t, { origin, timeoutMs: 5_000, ca: certificate.cert }).request(
    {
      ...get,
      origin
    }
  )
  t.equal(await response.body.text(), 'ok')
  for (const ca of [undefined, selfSigned('127.0.0.1').cert])
    await t.rejects(
      upstreamFor(t, { origin, timeoutMs: 5_000, ca }).request({ ...get, origin }),
      NotConnectedError
    )
})
