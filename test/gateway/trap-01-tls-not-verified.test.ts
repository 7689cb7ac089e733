import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import t, { type Test } from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { headerValue, sendRaw } from '../helpers/raw.ts'
import { selfSigned, type Certificate } from '../helpers/tls.ts'

// reply-from does not verify the upstream's certificate by default.

async function startTls(
  t: Test,
  certificate: Certificate
): Promise<{ port: number; seen: () => number }> {
  let seen = 0
  const server = createServer(certificate, (_request, response) => {
    seen += 1
    response.end('secret')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { port: (server.address() as AddressInfo).port, seen: () => seen }
}

const request = 'POST /v1/buckets HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 2\r\n\r\n{}'

const trusted = selfSigned('127.0.0.1')
setDefaultCACertificates([
  ...getCACertificates('default'),
  trusted.cert,
  selfSigned('localhost').cert
])

t.test('a certificate that nobody vouches for', async t => {
  const kinto = await startTls(t, selfSigned('127.0.0.1'))
  const { url } = await startGateway(t, { kinto: `https://127.0.0.1:${kinto.port}` })
  const answer = await sendRaw(t, url, request)
  t.equal(answer.status, 503)
  t.strictSame(JSON.parse(answer.body.toString()), {
    code: 503,
    errno: 201,
    error: 'Service Unavailable',
    message: 'Kinto cannot be reached. Try again in a moment.'
  })
  t.equal(
    headerValue(answer.headers, 'retry-after'),
    '3',
    'nothing was sent, so a POST may be repeated too'
  )
  t.equal(kinto.seen(), 0)
})

t.test('a trusted certificate for another name', async t => {
  const kinto = await startTls(t, trusted)
  const { url } = await startGateway(t, { kinto: `https://localhost:${kinto.port}` })
  const answer = await sendRaw(t, url, request)
  t.equal(answer.status, 503)
  t.notMatch(answer.body.toString(), /certificate|localhost/)
  t.equal(kinto.seen(), 0)
})

t.test('a trusted certificate for the configured address', async t => {
  const kinto = await startTls(t, trusted)
  const { url } = await startGateway(t, { kinto: `https://127.0.0.1:${kinto.port}` })
  const answer = await sendRaw(t, url, request)
  t.equal(answer.status, 200)
  t.equal(answer.body.toString(), 'secret')
})
