import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { openRaw } from '../helpers/raw.ts'
import { selfSigned } from '../helpers/tls.ts'

t.test('a client that leaves before there is a connection to Kinto: nothing is sent', async t => {
  const certificate = selfSigned('localhost')
  const asked = Promise.withResolvers<void>()
  const waiting: (() => void)[] = []
  let released = false
  let requests = 0
  const server = createServer(
    {
      ...certificate,
      SNICallback(_name, done) {
        asked.resolve()
        if (released) done(null)
        else
          waiting.push(() => {
            done(null)
          })
      }
    },
    (_request, response) => {
      requests += 1
      response.end()
    }
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { url, app } = await startGateway(t, {
    kinto: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: certificate.cert
  })
  const left = new Promise(resolve => {
    app.server.once('connection', socket => socket.once('close', resolve))
  })
  const client = await openRaw(t, url)
  client.write('GET /v1/ HTTP/1.1\r\nHost: k\r\n\r\n')
  await asked.promise
  client.socket.destroy()
  await left
  released = true
  for (const goOn of waiting) goOn()
  const next = await openRaw(t, url)
  next.write('GET /v1/ HTTP/1.1\r\nHost: k\r\n\r\n')
  t.equal((await next.next()).status, 200)
  t.equal(requests, 1)
})
