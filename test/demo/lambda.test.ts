import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { projectFolder } from '../../demo/parts/folder.ts'
import { lowPort } from '../../demo/parts/low-port.ts'

const { handler } = await import(join(projectFolder, 'demo/lambda/create-record.mjs'))
const path = '/v1/buckets/stepfunction/collections/steps'
const question = { subject: 'Sign off?', reviewer: 'account:alice', taskToken: 'T' }

async function serve(t: Test, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.beforeEach(() => {
  process.env['KINTO_AUTHORIZATION'] = 'Basic x'
})

t.test('where it fails it says where and why', async t => {
  const answering = (status: number, body: string): Promise<string> =>
    serve(t, (_request, response) => {
      response.writeHead(status).end(body)
    })
  const closed = await lowPort()
  const rows: [title: string, origin: string, message: RegExp][] = [
    [
      'nobody listens',
      `http://127.0.0.1:${closed}`,
      /cannot be reached: connect ECONNREFUSED 127\.0/
    ],
    [
      'at none of two addresses',
      `http://localhost:${closed}`,
      /cannot be reached: .*connect ECONNREFUSED 127\.0\.0\.1:\d+$/
    ],
    ['no such name', 'http://none.invalid', /cannot be reached: getaddrinfo .* none\.invalid$/],
    ['no URL', 'nowhere', /cannot be reached: Invalid URL$/],
    [
      'the connection ends',
      await serve(t, ({ socket }) => socket.destroy()),
      /cannot be reached: other side closed$/
    ],
    [
      'the response breaks off',
      await serve(t, (_request, response) => {
        response.writeHead(200, { 'content-length': 9 }).write('{', () => response.destroy())
      }),
      /cannot be reached: (other side closed|aborted)$/
    ],
    ['refused', await answering(403, '{"code": 403}'), / answered 403: \{"code": 403\}$/],
    ['another server', await answering(200, '<html>'), / answered 200, but not in JSON\. Is kinto/]
  ]
  for (const [title, origin, message] of rows) {
    process.env['KINTO_COLLECTION'] = `${origin}${path}`
    const error = await handler(question).catch((error: unknown) => error)
    t.match(error, { message }, title)
    t.match(error.message, `${origin}${path}/stepfunction `, 'its URL')
  }
})

t.test('what its environment lacks', async t => {
  for (const name of ['KINTO_COLLECTION', 'KINTO_AUTHORIZATION']) {
    process.env['KINTO_COLLECTION'] = `http://127.0.0.1:1${path}`
    delete process.env[name]
    await t.rejects(handler(question), { message: `The environment of the function lacks ${name}` })
  }
})

t.test('it takes a question back', async t => {
  const seen: string[] = []
  const statuses = [200, 404, 403]
  const origin = await serve(t, (request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response.writeHead(statuses[seen.length - 1] ?? 500).end('{}')
  })
  process.env['KINTO_COLLECTION'] = `${origin}${path}`
  t.strictSame(await handler({ takeBack: 'x' }), { takenBack: 'x' })
  t.strictSame(await handler({ takeBack: 'x' }), { takenBack: 'x' }, 'it is gone already')
  await t.rejects(handler({ takeBack: 'x' }), / answered 403: \{\}$/)
  t.strictSame(new Set(seen), new Set([`DELETE ${path}/records/x`]))
})

t.test('a workflow may name the record', async t => {
  const asked: Promise<unknown[]>[] = []
  const origin = await serve(t, (request, response) => {
    asked.push(request.toArray())
    response.writeHead(201).end('{}')
  })
  process.env['KINTO_COLLECTION'] = `${origin}${path}`
  await handler({ ...question, id: 'mine' })
  t.match(JSON.parse((await Promise.all(asked)).join('')), { data: { id: 'mine', taskToken: 'T' } })
})
