import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, sendRaw } from '../helpers/raw.ts'
import { selfSigned } from '../helpers/tls.ts'

// reply-from puts the upstream's address in Host, but Kinto builds Next-Page and redirects from
// Host. And undici takes the TLS server name from Host.

const hosts = ['kinto.example', 'Kinto.Example:8443', 'other.example']

t.test('Kinto gets the Host that the client sent', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  for (const host of hosts) await sendRaw(t, url, `GET /v1/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  t.strictSame(
    kinto.requests.map(({ rawHeaders }) => headerValue(rawHeaders, 'host')),
    hosts
  )
})

t.test('over TLS the server name is the configured one, and the connection is kept', async t => {
  const certificate = selfSigned('localhost')
  const seen: Array<[serverName: string | false, host: string | undefined]> = []
  let connections = 0
  const server = createServer(certificate, (request, response) => {
    seen.push([
      (request.socket as TLSSocket & { servername: string | false }).servername,
      request.headers.host
    ])
    response.end()
  })
  server.on('secureConnection', () => {
    connections += 1
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { url } = await startGateway(t, {
    kinto: `https://localhost:${(server.address() as AddressInfo).port}`,
    ca: certificate.cert
  })
  for (const host of hosts)
    t.equal((await sendRaw(t, url, `GET /v1/ HTTP/1.1\r\nHost: ${host}\r\n\r\n`)).status, 200)
  t.strictSame(
    seen,
    hosts.map(host => ['localhost', host])
  )
  // The first one rests, to see whether Kinto leaves it open. The other two requests share one.
  t.equal(connections, 2)
})
