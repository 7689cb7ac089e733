import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, sendRaw } from '../helpers/raw.ts'

// When the response to a GET is 503, reply-from sends the GET up to ten times more. It waits as
// many milliseconds as Retry-After says seconds.

for (const method of ['GET', 'HEAD', 'PUT']) {
  t.test(`a ${method} that Kinto answers 503 is sent once`, async t => {
    const body = '{"code":503,"errno":201,"error":"Service Unavailable","message":"Busy."}'
    const kinto = await startKinto(t, (_request, response) => {
      response
        .writeHead(503, [
          'Content-Type',
          'application/json',
          'Content-Length',
          String(body.length),
          'Retry-After',
          '1',
          'Backoff',
          '60'
        ])
        .end(body)
    })
    const { url } = await startGateway(t, { kinto: kinto.url })
    const answer = await sendRaw(t, url, `${method} /v1/ HTTP/1.1\r\nHost: kinto.example\r\n\r\n`, {
      bodyless: method === 'HEAD'
    })
    t.equal(answer.status, 503)
    t.equal(answer.body.toString(), method === 'HEAD' ? '' : body, "Kinto's own answer")
    t.equal(headerValue(answer.headers, 'retry-after'), '1')
    t.equal(headerValue(answer.headers, 'backoff'), '60')
    await sendRaw(t, url, 'GET /v1/later HTTP/1.1\r\nHost: kinto.example\r\n\r\n')
    t.strictSame(
      kinto.requests.map(({ url }) => url),
      ['/v1/', '/v1/later']
    )
  })
}
