import Fastify from 'fastify'
import t from 'tap'
import { UnderWay } from '../../src/gateway/under-way.ts'
import { openRaw } from '../helpers/raw.ts'

const get = 'GET / HTTP/1.1\r\nHost: kinto.example\r\n\r\n'

t.test('a connection is spoken for from a whole request to its answer', async t => {
  const underWay = new UnderWay()
  const app = Fastify()
  underWay.watch(app)
  const seen: boolean[] = []
  app.route({
    method: ['GET', 'POST'],
    url: '/',
    async handler (request) {
      // By the time that the end of the request is read.
      await new Promise(setImmediate)
      seen.push(underWay.isSpokenFor(request.raw.socket))
      return 'fine'
    }
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  const client = await openRaw(t, url)
  client.write(get)
  await client.next()
  client.write('POST / HTTP/1.1\r\nHost: kinto.example\r\nContent-Length: 0\r\n\r\n')
  await client.next()
  const other = await openRaw(t, url)
  other.write(get)
  await other.next()
  t.strictSame(seen, [true, true, true])
  t.notOk(underWay.isSpokenFor(other.socket))
})

t.test('an application that serves nobody closes at once', async t => {
  const app = Fastify()
  new UnderWay().watch(app)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const silent = await openRaw(t, url)
  await app.close()
  t.equal(await silent.ended(), '')
})
