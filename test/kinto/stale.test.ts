import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import t from 'tap'
import { listenRaw, RawServed } from '../helpers/raw.ts'
import { selfSigned } from '../helpers/tls.ts'
import { dispatcherFor, endings, endWithSecond, ok, send } from './ended-connections.ts'

for (const [name, end] of Object.entries(endings)) {
  for (const method of ['GET', 'HEAD', 'OPTIONS']) {
    t.test(
      `a ${method} on a connection that Kinto ${name} meanwhile is sent once more`,
      async t => {
        const heads: string[] = []
        const kinto = await listenRaw(t, endWithSecond(end, heads))
        const dispatcher = dispatcherFor(t, kinto.url)
        t.equal(await send(dispatcher, kinto.url, method), 200)
        t.equal(await send(dispatcher, kinto.url, method), 200)
        t.strictSame(
          heads.map(head => head.split('\r\n')[0]),
          Array.from({ length: 3 }, () => `${method} /v1/ HTTP/1.1`)
        )
        t.match(heads[2], /connection: close/, 'on a connection of its own')
        t.equal(kinto.connections(), 2)
      }
    )
  }

  for (const [method, body] of [
    ['POST', null],
    ['PUT', 'body'],
    ['PATCH', 'body'],
    ['DELETE', null],
    ['TRACE', null],
    ['GET', 'body'],
    ['OPTIONS', 'body']
  ] as const) {
    const having = body === null ? 'without' : 'with'
    t.test(
      `a ${method} ${having} a body on a connection that Kinto ${name} meanwhile fails`,
      async t => {
        const heads: string[] = []
        const kinto = await listenRaw(t, endWithSecond(end, heads))
        const dispatcher = dispatcherFor(t, kinto.url)
        t.equal(await send(dispatcher, kinto.url, 'GET'), 200)
        await t.rejects(send(dispatcher, kinto.url, method, body))
        t.equal(heads.length, 2)
      }
    )
  }

  t.test(`the second time is the last, when Kinto ${name} every connection`, async t => {
    let count = 0
    const kinto = await listenRaw(t, (connection, number) =>
      connection.onRequest((_head, onThis) => {
        count += 1
        if (number === 1 && onThis === 1) connection.socket.write(`${ok}ok`)
        else end(connection)
      })
    )
    const dispatcher = dispatcherFor(t, kinto.url)
    await send(dispatcher, kinto.url, 'GET')
    await t.rejects(send(dispatcher, kinto.url, 'GET'))
    t.equal(count, 3)
  })

  t.test(`a new connection that Kinto ${name} is not stale`, async t => {
    let count = 0
    const kinto = await listenRaw(t, connection =>
      connection.onRequest(() => {
        count += 1
        end(connection)
      })
    )
    await t.rejects(send(dispatcherFor(t, kinto.url), kinto.url, 'GET'))
    t.equal(count, 1)
  })

  t.test(`an answer that has begun when Kinto ${name} is not sent for again`, async t => {
    let count = 0
    const kinto = await listenRaw(t, connection =>
      connection.onRequest((_head, number) => {
        count += 1
        if (number === 1) return connection.socket.write(`${ok}ok`)
        return connection.socket.write('HTTP/1.1 2', () => {
          void setImmediate().then(() => end(connection))
        })
      })
    )
    const dispatcher = dispatcherFor(t, kinto.url)
    await send(dispatcher, kinto.url, 'GET')
    await t.rejects(send(dispatcher, kinto.url, 'GET'))
    t.equal(count, 2)
  })
}

t.test('a silent Kinto is not asked again', async t => {
  let count = 0
  const kinto = await listenRaw(t, connection =>
    connection.onRequest((_head, number) => {
      count += 1
      if (number === 1) connection.socket.write(`${ok}ok`)
    })
  )
  const dispatcher = dispatcherFor(t, kinto.url, 50)
  await send(dispatcher, kinto.url, 'GET')
  await t.rejects(send(dispatcher, kinto.url, 'GET'), { code: 'UND_ERR_HEADERS_TIMEOUT' })
  t.equal(count, 2)
})

t.test('many idle connections that all prove stale', async t => {
  const heads: string[] = []
  const { promise: allThere, resolve } = Promise.withResolvers<void>()
  const kinto = await listenRaw(t, connection =>
    connection.onRequest((head, number) => {
      heads.push(head)
      if (heads.length === 5) resolve()
      if (number > 1) connection.socket.end()
      else void allThere.then(() => connection.socket.write(`${ok}ok`))
    })
  )
  const dispatcher = dispatcherFor(t, kinto.url)
  const five = Array.from({ length: 5 })
  await Promise.all(five.map(() => send(dispatcher, kinto.url, 'GET')))
  t.equal(await send(dispatcher, kinto.url, 'GET'), 200)
  t.equal(heads.length, 7)
})

t.test('over TLS', async t => {
  const certificate = selfSigned('127.0.0.1')
  setDefaultCACertificates([...getCACertificates('default'), certificate.cert])
  const heads: string[] = []
  const serve = endWithSecond(connection => {
    connection.socket.end()
  }, heads)
  const server = createServer(certificate, socket => {
    socket.on('error', () => {})
    t.teardown(() => socket.destroy())
    serve(new RawServed(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
  const dispatcher = dispatcherFor(t, origin)
  t.equal(await send(dispatcher, origin, 'GET'), 200)
  t.equal(await send(dispatcher, origin, 'GET'), 200)
  t.equal(await send(dispatcher, origin, 'POST'), 200)
  t.equal(
    await send(dispatcher, origin, 'POST'),
    200,
    'each on a connection of its own from now on'
  )
  t.strictSame(
    heads.map(head => head.split(' ')[0]),
    ['GET', 'GET', 'GET', 'POST', 'POST']
  )
})
