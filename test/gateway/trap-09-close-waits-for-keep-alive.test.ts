import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, openRaw } from '../helpers/raw.ts'
import { unavailable } from './unavailable.ts'

// Fastify's close waits until clients give up their idle connections, up to keepAliveTimeout.

t.test('the service closes with its last answer, whatever connections clients keep', async t => {
  const kinto = await startKinto(t)
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>()
  kinto.fault({ path: '/v1/slow' }, (_request, response) => {
    void mayAnswer.then(() => response.end('late'))
  })
  const { url, app } = await startGateway(t, { kinto: kinto.url })

  const silent = await openRaw(t, url)
  const idle = await openRaw(t, url)
  idle.write('GET /v1/ HTTP/1.1\r\nHost: kinto.example\r\n\r\n')
  await idle.next()
  const busy = await openRaw(t, url)
  const arrived = kinto.nextRequest()
  busy.write('GET /v1/slow HTTP/1.1\r\nHost: kinto.example\r\n\r\n')
  await arrived

  const closed = app.close()
  await idle.ended()
  answerNow()
  t.equal((await busy.next()).body.toString(), 'late', 'the answer under way is finished')
  await closed
  await busy.ended()
  await silent.ended()
})

t.test('a request that comes on an open connection meanwhile is refused', async t => {
  const kinto = await startKinto(t)
  const { promise: mayAnswer, resolve: answerNow } = Promise.withResolvers<void>()
  kinto.fault({}, (_request, response) => {
    void mayAnswer.then(() => response.end('late'))
  })
  const { url, app } = await startGateway(t, { kinto: kinto.url })
  const client = await openRaw(t, url)
  const arrived = kinto.nextRequest()
  client.write('GET /v1/slow HTTP/1.1\r\nHost: kinto.example\r\n\r\n')
  await arrived
  const other = await openRaw(t, url)
  const closed = app.close()
  client.write('POST /v1/next HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 0\r\n\r\n')
  other.write('POST /v1/next HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 0\r\n\r\n')
  const refused = await other.next()
  t.equal(refused.status, 503)
  t.equal(refused.body.toString(), unavailable('The service is stopping. Try again in a moment.'))
  t.equal(headerValue(refused.headers, 'retry-after'), '3')
  t.equal(headerValue(refused.headers, 'connection'), 'close')
  answerNow()
  t.equal((await client.next()).body.toString(), 'late')
  t.equal((await client.next()).status, 503)
  await closed
  t.equal(kinto.requests.length, 1)
})
