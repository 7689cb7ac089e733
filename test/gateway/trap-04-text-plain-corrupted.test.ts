import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, sendRaw } from '../helpers/raw.ts'

// Fastify's own parser for text/plain would read the body as UTF-8 and cut the content type.

t.test('a body of text in Latin-1 arrives as it was sent', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const answer = await sendRaw(
    t,
    url,
    'POST /v1/ HTTP/1.1\r\nHost: kinto.example\r\n' +
      'Content-Type: text/plain; charset=latin1\r\nContent-Length: 4\r\n\r\nh\xe9ll'
  )
  t.equal(answer.status, 200)
  t.strictSame(kinto.requests[0]?.body, Buffer.from('h\xe9ll', 'latin1'))
  t.equal(
    headerValue(kinto.requests[0]?.rawHeaders ?? [], 'content-type'),
    'text/plain; charset=latin1'
  )
})
