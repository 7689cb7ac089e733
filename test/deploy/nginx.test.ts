import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { projectFolder } from '../../demo/parts/folder.ts'
import { headerValue } from '../helpers/raw.ts'
import { named, needsNginx, record, startNginx } from './nginx.ts'

async function listen(
  t: Test,
  handler: (request: IncomingMessage, response: ServerResponse) => void
): Promise<{ url: string }> {
  const server = createServer({ maxHeaderSize: 256 * 1024 }, handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

t.test('nginx waits longer than an answer takes', async t => {
  const text = readFileSync(join(projectFolder, 'deploy/nginx-common.conf'), 'utf8')
  for (const direction of ['send', 'read']) {
    const [, seconds] = new RegExp(`proxy_${direction}_timeout +(\\d+)s;`).exec(text) ?? []
    t.ok(Number(seconds) > 60, direction)
  }
})

t.test('TLS in front of the service', needsNginx('nginx in front of the service'), async t => {
  t.test('the request arrives as it was sent', async t => {
    const service = await named(t, 'service')
    const nginx = await startNginx(t, 'nginx.conf', { service })
    const target = '/v1//buckets/%64efault/c%2Frecords/./%C3%A9;x?in_id=a%2Cb&_token=x%3D'
    await nginx.raw(
      `PUT ${target} HTTP/1.1\r\nHost: kinto.example.com:8443\r\nConnection: close\r\n` +
        'X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: gopher\r\n' +
        'X-Forwarded-Host: evil\r\nForwarded: for=6.6.6.6\r\n' +
        'If-Match: "12"\r\nAuthorization: Portier abc\r\n' +
        'Content-Type: application/merge-patch+json\r\nContent-Length: 4\r\n\r\n{"a"'
    )
    const [received] = service.requests
    t.equal(received?.url, target)
    t.equal(received?.body.toString(), '{"a"')
    const header = (name: string): string | undefined =>
      headerValue(received?.rawHeaders ?? [], name)
    t.strictSame(
      ['host', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded'].map(header),
      ['kinto.example.com:8443', '127.0.0.1', 'kinto.example.com:8443', 'https', undefined]
    )
    t.strictSame(['if-match', 'authorization', 'content-type'].map(header), [
      '"12"',
      'Portier abc',
      'application/merge-patch+json'
    ])
  })

  t.test('long URLs and long headers, in both directions', async t => {
    const service = await listen(t, (request, response) => {
      response.setHeader('Next-Page', `https://x${request.url}`).end()
    })
    const nginx = await startNginx(t, 'nginx.conf', { service })
    const path = `/v1/buckets?in_id=${'x'.repeat(50_000)}`
    const { statusCode, headers } = await nginx.request(path, {
      headers: { authorization: `Bearer ${'y'.repeat(30_000)}` }
    })
    t.equal(statusCode, 200)
    t.equal(headers['next-page'], `https://x${path}`)
  })

  t.test('bodies stream, in both directions', async t => {
    const begun = Promise.withResolvers<IncomingMessage>()
    const service = await listen(t, (request, response) => {
      response.write('first')
      request.on('end', () => {
        response.end('last')
      })
      begun.resolve(request)
    })
    const nginx = await startNginx(t, 'nginx.conf', { service })
    const upload = new Readable({ read() {} })
    upload.push('begin')
    const answer = nginx.request(`${record}/attachment`, { method: 'POST', body: upload })
    const arriving = await begun.promise
    t.match((await once(arriving, 'data')).toString(), 'begin', 'before the upload is over')
    const { body } = await answer
    t.match((await once(body, 'data')).toString(), 'first', 'before the answer is over')
    upload.push(null)
    t.match((await once(body, 'data')).toString(), 'last')
  })

  t.test('a strong ETag stays one, whatever the client accepts', async t => {
    const service = await listen(t, (_request, response) => {
      response
        .setHeader('ETag', '"12"')
        .setHeader('Content-Type', 'text/html')
        .end('x'.repeat(5_000))
    })
    const nginx = await startNginx(t, 'nginx.conf', { service })
    const { headers, body } = await nginx.request('/v1/buckets', {
      headers: { 'accept-encoding': 'gzip' }
    })
    t.equal(headers['etag'], '"12"')
    t.equal((await body.text()).length, 5_000)
  })

  t.test(
    'an answer is sent once; where its reply is lost, an error in the shape of Kinto says so',
    async t => {
      let count = 0
      const service = await listen(t, (request, response) => {
        if (request.method === 'GET') {
          response.end()
        } else {
          count += 1
          request.socket.destroy()
        }
      })
      const nginx = await startNginx(t, 'nginx.conf', { service })
      // nginx is most likely to repeat a request that fails on a connection that it has kept.
      await (await nginx.request(record)).body.dump()
      const { statusCode, headers, body } = await nginx.request(`${record}/stepfunction`, {
        method: 'POST',
        body: '{"answer": "FAIL"}'
      })
      t.equal(statusCode, 503)
      t.match(headers, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
      t.notOk(headers['retry-after'])
      t.match(await body.json(), {
        code: 503,
        errno: 201,
        error: 'Service Unavailable',
        message: String
      })
      t.equal(count, 1)
    }
  )

  t.test("the service's own errors come through", async t => {
    const service = await listen(t, (_request, response) => {
      response.writeHead(503, { 'Retry-After': '3' }).end('{"errno":201,"details":{}}')
    })
    const nginx = await startNginx(t, 'nginx.conf', { service })
    const { statusCode, headers, body } = await nginx.request(record)
    t.match(
      { statusCode, headers, text: await body.text() },
      { statusCode: 503, headers: { 'retry-after': '3' }, text: '{"errno":201,"details":{}}' }
    )
  })
})
