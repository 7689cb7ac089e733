import t from 'tap'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto, type Fault } from '../helpers/kinto.ts'
import { headerValue, listenRaw, openRaw, sendRaw, type RawAnswer } from '../helpers/raw.ts'
import { request } from './requests.ts'
import { outcomeUnknown, unavailable } from './unavailable.ts'

const retry = unavailable('Kinto did not answer. Try again in a moment.')

const faults: Array<[name: string, fault: Fault]> = [
  ['is silent', 'hang'],
  ['cuts the connection', 'reset'],
  ['talks garbage', 'garbage'],
  [
    'says an invalid status',
    (_request, response) => {
      response.socket?.end('HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n')
    }
  ],
  [
    'breaks off in its headers',
    (_request, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nETag: ')
    }
  ],
  [
    'breaks off after its headers',
    (_request, response) => {
      response.socket?.end(
        'HTTP/1.1 200 OK\r\nETag: "1"\r\nSet-Cookie: a=1\r\nContent-Length: 9\r\n\r\n'
      )
    }
  ],
  [
    'switches to another protocol unasked',
    (_request, response) => {
      response.socket?.end('HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n')
    }
  ]
]

for (const [name, fault] of faults) {
  t.test(`a Kinto that ${name}`, async t => {
    const kinto = await startKinto(t)
    kinto.fault({}, fault)
    const { url } = await startGateway(t, { kinto: kinto.url, timeoutMs: 50 })
    const methods =
      fault === 'hang'
        ? ['GET', 'POST']
        : ['GET', 'OPTIONS', 'TRACE', 'POST', 'PUT', 'PATCH', 'DELETE']
    for (const method of methods) {
      const { status, headers, body } = await sendRaw(t, url, request(method))
      const safe = ['GET', 'OPTIONS', 'TRACE'].includes(method)
      t.equal(status, 503, method)
      t.equal(body.toString(), safe ? retry : outcomeUnknown)
      t.equal(headerValue(headers, 'retry-after'), safe ? '3' : undefined)
      t.equal(headerValue(headers, 'content-type'), 'application/json')
      t.equal(headerValue(headers, 'access-control-allow-origin'), '*')
      t.equal(headerValue(headers, 'etag'), undefined)
      t.equal(headerValue(headers, 'set-cookie'), undefined)
    }
    t.equal(kinto.requests.length, methods.length, 'and nothing is sent twice')
  })
}

t.test('an answer that breaks off ends the connection, for it cannot be taken back', async t => {
  for (const end of ['reset', 'silence']) {
    const kinto = await listenRaw(t, connection => {
      connection.onRequest(() => {
        connection.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', () => {
          if (end === 'reset') connection.socket.end()
        })
      })
    })
    const { url } = await startGateway(t, { kinto: kinto.url, timeoutMs: 50 })
    const client = await openRaw(t, url)
    client.write(request('GET'))
    t.match(await client.ended(), /\r\n\r\nhalf$/, end)
  }
})

t.test(
  'silence is measured from the last byte of the request, however long that takes',
  async t => {
    const kinto = await startKinto(t, (_request, response) => {
      response.end('whole')
    })
    const { url } = await startGateway(t, { kinto: kinto.url, timeoutMs: 40 })
    const client = await openRaw(t, url)
    client.write('PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 8\r\n\r\n')
    for (const part of 'slow ly.') {
      client.write(part)
      await new Promise(resolve => {
        setTimeout(resolve, 250)
      })
    }
    const answer: RawAnswer = await client.next()
    t.equal(answer.body.toString(), 'whole')
    t.equal(kinto.requests[0]?.body.toString(), 'slow ly.')
  }
)
