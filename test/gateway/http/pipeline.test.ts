import Fastify from 'fastify'
import t from 'tap'
import { RequestPipeline } from '../../../src/gateway/http/pipeline.ts'
import { openRaw } from '../../helpers/raw.ts'

const get = 'GET / HTTP/1.1\r\nHost: kinto.example\r\n\r\n'

const getOf = (name: string): string => `GET /${name} HTTP/1.1\r\nHost: kinto.example\r\n\r\n`

t.test('a connection is spoken for from a whole request to its answer', async t => {
  const pipeline = new RequestPipeline()
  const app = Fastify()
  pipeline.watch(app)
  const seen: boolean[] = []
  app.route({
    method: ['GET', 'POST'],
    url: '/',
    async handler(request) {
      // The end of the request is read by then.
      await new Promise(setImmediate)
      seen.push(pipeline.hasPending(request.raw.socket))
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
  t.notOk(pipeline.hasPending(other.socket))
})

t.test('an application that serves nobody closes at once', async t => {
  const app = Fastify()
  new RequestPipeline().watch(app)
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  const silent = await openRaw(t, url)
  await app.close()
  t.equal(await silent.ended(), '')
})

t.test('requests that come on one connection without waiting', async t => {
  const pipeline = new RequestPipeline()
  const app = Fastify()
  pipeline.watch(app)
  const begun: string[] = []
  const held: (() => void)[] = []
  let changed = Promise.withResolvers<void>()
  app.route({
    method: 'GET',
    url: '/:name',
    async handler(request) {
      begun.push(request.url)
      changed.resolve()
      changed = Promise.withResolvers()
      await new Promise<void>(resolve => {
        held.push(resolve)
      })
      return request.url
    }
  })
  const url = await app.listen({ port: 0, host: '127.0.0.1' })
  t.teardown(() => app.close())
  async function untilBegun(count: number): Promise<void> {
    while (begun.length < count) await changed.promise
  }

  await t.test('are handled one after the other', async t => {
    const client = await openRaw(t, url)
    client.write(getOf('first') + getOf('second'))
    await untilBegun(1)
    const other = await openRaw(t, url)
    other.write(getOf('other'))
    await untilBegun(2)
    t.strictSame(begun, ['/first', '/other'])
    for (const count of [3, 3]) {
      for (const goOn of held.splice(0)) goOn()
      await untilBegun(count)
    }
    t.equal((await client.next()).body.toString(), '/first')
    t.equal((await client.next()).body.toString(), '/second')
  })

  await t.test('are not begun when the client has left', async t => {
    begun.splice(0)
    const client = await openRaw(t, url)
    const left = new Promise(resolve => {
      app.server.once('request', ({ socket }) => socket.once('close', resolve))
    })
    client.write(getOf('first') + getOf('second'))
    await untilBegun(1)
    client.socket.destroy()
    await left
    await new Promise(setImmediate)
    t.strictSame(begun, ['/first'])
    t.equal(pipeline.size, 0)
  })

  await t.test('are a hundred at most', async t => {
    const client = await openRaw(t, url)
    client.write(getOf('many').repeat(100))
    await untilBegun(2)
    t.equal(pipeline.size, 100)
    client.write(getOf('one-too-many'))
    t.equal(await client.ended(), '')
    t.equal(pipeline.size, 0)
  })
})
