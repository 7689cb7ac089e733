import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { headerValue, sendRaw } from '../helpers/raw.ts'
import { unavailable } from './unavailable.ts'

// reply-from sends a 500 with "connect ECONNREFUSED" and the upstream's address.

t.test('Kinto down', async t => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  const { url } = await startGateway(t, { kinto: `http://127.0.0.1:${port}` })
  for (const method of ['GET', 'POST', 'DELETE']) {
    const { status, headers, body } = await sendRaw(
      t,
      url,
      `${method} /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 0\r\n\r\n`
    )
    t.equal(status, 503)
    t.equal(body.toString(), unavailable('Kinto cannot be reached. Try again in a moment.'))
    t.equal(headerValue(headers, 'content-type'), 'application/json')
    t.equal(headerValue(headers, 'retry-after'), '3')
    t.equal(headerValue(headers, 'access-control-allow-origin'), '*')
    t.equal(
      headerValue(headers, 'access-control-expose-headers'),
      'Backoff, Retry-After, Alert, Content-Length, Content-Type'
    )
    t.notMatch([...headers, body.toString()].join('\n'), new RegExp(`${port}|ECONN`))
  }
})
