import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto } from '../helpers/kinto.ts'
import { headerValue, sendRaw } from '../helpers/raw.ts'

t.test('headers arrive in the spelling, order and number in which they were sent', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  await sendRaw(
    t,
    url,
    [
      'GET /v1/ HTTP/1.1',
      'aUTHORIZATION: Portier  x=',
      'Host: Kinto.Example:8443',
      'If-None-Match: "1", *',
      'X-Twice: a',
      'Cookie: a=1',
      'x-twice: b',
      'Cookie: b=2',
      'X-Latin: caf\xe9',
      'X-Empty:',
      'X_Under: 1',
      'Origin: https://page.example',
      'X-Forwarded-For: 192.0.2.1',
      'Forwarded: for=192.0.2.1',
      'X-Forwarded-Prefix: /x',
      '',
      ''
    ].join('\r\n')
  )
  const sent = kinto.requests[0]?.rawHeaders ?? []
  t.strictSame(sent.splice(-2), ['Via', '1.1 kinto-stepfunction'])
  t.match(sent.splice(-2), ['X-Request-Id', /^[\da-f-]{36}$/])
  t.strictSame(sent, [
    'host',
    'Kinto.Example:8443',
    'connection',
    'keep-alive',
    'aUTHORIZATION',
    'Portier  x=',
    'If-None-Match',
    '"1", *',
    'X-Twice',
    'a',
    'Cookie',
    'a=1',
    'x-twice',
    'b',
    'Cookie',
    'b=2',
    'X-Latin',
    'caf\xe9',
    'X-Empty',
    '',
    'X_Under',
    '1',
    'Origin',
    'https://page.example',
    'X-Forwarded-For',
    '127.0.0.1',
    'X-Forwarded-Host',
    'Kinto.Example:8443',
    'X-Forwarded-Proto',
    'http'
  ])
})

t.test('thousands of headers arrive', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  await sendRaw(
    t,
    url,
    `GET /v1/ HTTP/1.1\r\nHost: kinto.example\r\n${'X-Many: 1\r\n'.repeat(5000)}\r\n`
  )
  t.equal(kinto.requests[0]?.rawHeaders.filter(name => name === 'X-Many').length, 5000)
})

t.test('behind a trusted proxy, what it forwards is believed', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end()
  })
  const { url } = await startGateway(t, { kinto: kinto.url, trustProxy: true })
  await sendRaw(
    t,
    url,
    'GET /v1/ HTTP/1.1\r\nHost: kinto.example\r\n' +
      'X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-Proto: https\r\n\r\n'
  )
  const headers = kinto.requests[0]?.rawHeaders ?? []
  t.equal(headerValue(headers, 'x-forwarded-for'), '192.0.2.1, 127.0.0.1')
  t.equal(headerValue(headers, 'x-forwarded-proto'), 'https')
  t.equal(headerValue(headers, 'x-forwarded-host'), 'kinto.example')
})

t.test('a client of HTTP/1.0 need not send a Host', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end('fine')
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  const answer = await sendRaw(t, url, 'GET /v1/ HTTP/1.0\r\n\r\n')
  t.equal(answer.status, 200)
  t.equal(answer.body.toString(), 'fine')
  t.equal(headerValue(kinto.requests[0]?.rawHeaders ?? [], 'host'), '')
})

t.test('an expectation that nobody knows is no obstacle', async t => {
  const kinto = await startKinto(t, (_request, response) => {
    response.end('ok')
  })
  const { url } = await startGateway(t, { kinto: kinto.url })
  t.equal(
    (
      await sendRaw(
        t,
        url,
        'GET /v1/ HTTP/1.1\r\nHost: a\r\nExpect: the-unexpected\r\nConnection: close\r\n\r\n'
      )
    ).status,
    200
  )
})
