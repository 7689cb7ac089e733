import t from 'tap'
import { freePort } from '../../demo/parts/ready.ts'
import { startGateway } from '../helpers/gateway.ts'
import { listenRaw, openRaw, type RawServed } from '../helpers/raw.ts'
import { outcomeUnknown, unavailable } from './unavailable.ts'

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
    unavailable('Kinto cannot be reached. Try again in a moment.')
  ],
  [
    'cuts off',
    ({ socket }) => {
      socket.once('data', () => socket.resetAndDestroy())
    },
    503,
    outcomeUnknown
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

    // If the connection were closed while its client sends, it would be reset, and the client could
    // not read the response.
    t.test(
      'is answered to a client that reads nothing before it has sent all, ' +
        'and the connection goes on',
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
