import t from 'tap'
import { freePort } from '../../demo/parts/ready.ts'
import { startGateway } from '../helpers/gateway.ts'
import { startKinto, type Fault } from '../helpers/kinto.ts'
import {
  headerValue,
  listenRaw,
  openRaw,
  sendRaw,
  type RawAnswer,
  type RawServed
} from '../helpers/raw.ts'

function request(method: string): string {
  return `${method} /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 0\r\n\r\n`
}

const retry =
  '{"code":503,"errno":201,"error":"Service Unavailable","message":"Kinto did not answer. Try again in a moment."}'
const unknown =
  '{"code":503,"errno":201,"error":"Service Unavailable","message":"Kinto did not answer: whether it carried the request out is not known."}'

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
      t.equal(body.toString(), safe ? retry : unknown)
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

const upload = `PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: ${2 ** 23}\r\n\r\n`
const refusals: Array<
  [
    name: string,
    refuse: ((connection: RawServed) => void) | undefined,
    status: number,
    body: string
  ]
> = [
  [
    'is not there for',
    undefined,
    503,
    JSON.stringify({
      code: 503,
      errno: 201,
      error: 'Service Unavailable',
      message: 'Kinto cannot be reached. Try again in a moment.'
    })
  ],
  [
    'cuts off',
    ({ socket }) => {
      socket.once('data', () => socket.resetAndDestroy())
    },
    503,
    unknown
  ],
  [
    'answers before it has ended',
    ({ socket }) => {
      socket.once('data', () => socket.write('HTTP/1.1 413 X\r\nContent-Length: 3\r\n\r\nbig'))
    },
    413,
    'big'
  ]
]

for (const [name, refuse, status, body] of refusals) {
  t.test(`an upload that Kinto ${name}`, async t => {
    const kinto =
      refuse === undefined
        ? { url: `http://127.0.0.1:${await freePort()}` }
        : await listenRaw(t, refuse)
    const { url } = await startGateway(t, { kinto: kinto.url })

    t.test('is answered at once', async t => {
      const client = await openRaw(t, url)
      client.write(upload + 'a'.repeat(100_000))
      const answer = await client.next()
      t.equal(answer.status, status)
      t.equal(answer.body.toString(), body)
    })

    // A connection that is closed while its client sends is reset, and then the client cannot read what was answered
    t.test(
      'is answered to a client that reads nothing before it has sent all, and the connection goes on',
      async t => {
        const client = await openRaw(t, url)
        client.socket.pause()
        await new Promise((resolve, reject) => {
          client.socket.write(upload + 'a'.repeat(2 ** 23), error => {
            if (error == null) resolve(undefined)
            else reject(error)
          })
        })
        client.socket.resume()
        const answer = await client.next()
        t.equal(answer.status, status)
        t.equal(answer.body.toString(), body)
        client.write(upload + 'a'.repeat(2 ** 23))
        t.equal((await client.next()).status, status)
      }
    )
  })
}

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

t.test('a client that leaves', async t => {
  t.test('while it uploads: Kinto does not get a whole request', async t => {
    const { promise: cut, resolve } = Promise.withResolvers<void>()
    const kinto = await listenRaw(t, connection => {
      connection.socket.on('close', () => resolve())
      connection.socket.resume()
    })
    const { url, log } = await startGateway(t, { kinto: kinto.url })
    const client = await openRaw(t, url)
    client.write('PUT /v1/ HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 9\r\n\r\nhalf')
    while (kinto.connections() === 0)
      await new Promise(resolve => {
        setImmediate(resolve)
      })
    client.socket.destroy()
    await cut
    t.notMatch(log.join('\n'), /UnhandledRejection/)
  })

  t.test('while Kinto answers: the answer is not read on', async t => {
    const { promise: cut, resolve } = Promise.withResolvers<void>()
    const kinto = await startKinto(t, (_request, response) => {
      response.writeHead(200, { 'Content-Length': 2 ** 30 }).write('first')
      response.on('close', () => resolve())
    })
    const { url } = await startGateway(t, { kinto: kinto.url })
    const client = await openRaw(t, url)
    client.write(request('GET'))
    await new Promise(resolve => {
      client.socket.once('data', resolve)
    })
    client.socket.destroy()
    await cut
    t.equal(kinto.requests.length, 1)
  })

  t.test('while Kinto thinks: the next client is served', async t => {
    const kinto = await startKinto(t, (_request, response) => {
      response.end('next')
    })
    const { promise: late, resolve: answerNow } = Promise.withResolvers<void>()
    kinto.fault({ nth: 1 }, (_request, response) => {
      void late.then(() => response.end('late'))
    })
    const { url, app } = await startGateway(t, { kinto: kinto.url })
    const arrived = kinto.nextRequest()
    const client = await openRaw(t, url)
    client.write(request('PUT'))
    await arrived
    client.socket.destroy()
    answerNow()
    t.equal((await sendRaw(t, url, request('GET'))).body.toString(), 'next')
    await app.close()
  })
})
