import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, openRaw } from '../helpers/raw.ts'

// reply-from copies Connection and Keep-Alive of the upstream's response. They then end the
// client's connection.

t.test("what Kinto's answer says about its connection stays there", async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response
      .writeHead(200, [
        'Connection',
        'close, X-Secret',
        'X-Secret',
        '1',
        'Keep-Alive',
        'timeout=1',
        'Trailer',
        'X-Sum',
        'Upgrade',
        'h2c'
      ])
      .end('ok')
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const client = await openRaw(t, url)
  for (const round of ['first', 'second']) {
    client.write('GET /v1/ HTTP/1.1\r\nHost: kinto.example\r\n\r\n')
    const { status, headers } = await client.next()
    t.equal(status, 200, `the ${round} request on one connection`)
    t.equal(headerValue(headers, 'connection'), 'keep-alive')
    for (const name of ['x-secret', 'trailer', 'upgrade'])
      t.equal(headerValue(headers, name), undefined, name)
    t.not(headerValue(headers, 'keep-alive'), 'timeout=1')
  }
})
