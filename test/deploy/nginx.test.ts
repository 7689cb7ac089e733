import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import t, { type Test } from 'tap'
import { projectFolder } from '../../demo/parts/folder.ts'
import { classify } from '../../src/gateway/classify.ts'
import { methods } from '../../src/gateway/http/server.ts'
import { startKinto, type ScriptedKinto } from '../helpers/kinto.ts'
import { headerValue } from '../helpers/raw.ts'
import { needsParts, realKinto, realService } from '../helpers/real.ts'
import { as, call, collection } from '../helpers/service.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import { findNginx, needsNginx, startNginx } from './nginx.ts'

const record = '/v1/buckets/b/collections/c/records/r'

/** A server that says who it is. */
function named(t: Test, name: string): Promise<ScriptedKinto> {
  return startKinto(t, (_request, response) => {
    response.setHeader('x-name', name).end(name)
  })
}

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
        'X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Proto: gopher\r\nX-Forwarded-Host: evil\r\nForwarded: for=6.6.6.6\r\n' +
        'If-Match: "12"\r\nAuthorization: Portier abc\r\nContent-Type: application/merge-patch+json\r\nContent-Length: 4\r\n\r\n{"a"'
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
      // nginx would repeat most easily what fails on a connection that it has kept
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

t.test(
  'straight to Kinto what is no business of the service',
  needsNginx('nginx that splits requests'),
  async t => {
    const [service, kinto] = await Promise.all([named(t, 'service'), named(t, 'kinto')])
    const nginx = await startNginx(t, 'nginx-split.conf', { service, kinto })
    const send = async (method: string, target: string): Promise<string | undefined> => {
      const { headers } = await nginx.raw(
        `${method} ${target} HTTP/1.1\r\nHost: kinto.example.com\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`
      )
      return headerValue(headers, 'x-name')
    }

    const plain = [
      '/v1/buckets',
      '/v1/buckets?_limit=1',
      '/v1/buckets/b',
      '/v1/buckets/b/history?_since=%221%22',
      '/v1/buckets/b/groups/g',
      '/v1/buckets/b/collections',
      '/v1/buckets/default/collections/c/records?in_id=a%2Cb&x=/stepfunction',
      record,
      '/v1/buckets/b/collections/c/records/stepfunction',
      `${record}?_fields=a`,
      `${record}/attachment`,
      '/v1/buckets/stepfunction/collections/stepfunction',
      '/v1/buckets/b/groups/stepfunction'
    ]
    for (const target of plain) {
      t.test(`a request of ${target} reaches Kinto as it was sent`, async t => {
        for (const method of ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS']) {
          t.equal(await send(method, target), 'kinto', method)
          t.match(kinto.requests.at(-1), { method, url: target })
          t.equal(headerValue(kinto.requests.at(-1)?.rawHeaders ?? [], 'host'), 'kinto.example.com')
        }
      })
    }

    t.test('batches, answers and questions go to the service, by every method', async t => {
      const before = kinto.requests.length
      for (const method of methods) {
        for (const target of [
          '/v1/batch',
          '/v1/batch?x',
          '//v1/batch',
          '/v1/b%61tch',
          `${record}/stepfunction`,
          '/v1/buckets/b/collections/c/stepfunction'
        ]) {
          t.not(await send(method, target), 'kinto', `${method} ${target}`)
        }
      }
      t.equal(kinto.requests.length, before)
    })

    t.test(
      'so do the reads that the service adds to, and all that is spelled in another way',
      async t => {
        const others = [
          '/',
          '/v1',
          '/v1/',
          '/v1/?x',
          '//v1/',
          '/%761/',
          '/v1/__heartbeat__',
          '/v1/__lbheartbeat__',
          '/v1/__api__',
          '/v1/__version__',
          '/v1/%5F_api__',
          '/v1/accounts/alice',
          '/buckets/b',
          '/v1/buckets/',
          '/v2/buckets',
          '/V1/buckets',
          '/v1/buckets//b',
          '/v1/buckets/b/',
          '/v1/buckets/b%20',
          '/v1/buckets/b;x',
          '/v1/buckets/../buckets',
          '/v1/buckets/b#x',
          `${record}/attachment/x`,
          `${record}%0A`,
          'http://kinto.example.com/v1/buckets/b%2Fc'
        ]
        for (const target of others) t.equal(await send('GET', target), 'service', target)
      }
    )

    t.test('questions, in every spelling that Kinto would decode to their path', async t => {
      const asks = '/v1/buckets/b/collections/c/stepfunction'
      const spellings = [
        asks,
        `${asks}?x`,
        `${asks}#x`,
        `/${asks}`,
        `${asks}%0A`,
        '/v1/buckets/b/collection/c/stepfunction',
        '/v1/buckets/default/collections/c/stepfunctio%6E',
        '/v1/buckets/b/collections/c%2Fstepfunction',
        '/v1%2Fbuckets%2Fb%2Fcollections%2Fc%2Fstepfunction',
        '/v1/buckets/../collections/c/stepfunction',
        `http://elsewhere${asks}`
      ]
      for (const target of spellings) {
        t.equal(classify('POST', target).kind, 'ask', target)
        for (const method of ['GET', 'HEAD', 'POST', 'OPTIONS'])
          t.not(await send(method, target), 'kinto', `${method} ${target}`)
      }
    })

    t.test('and answers, in every spelling that Kinto would decode to their path', async t => {
      const spellings = [
        `${record}/stepfunction`,
        `${record}/stepfunction?x`,
        `${record}/stepfunctio%6E`,
        `${record}%2Fstepfunction`,
        `${record}%2fstepfunction#x`,
        `/${record}/stepfunction`,
        `${record}/stepfunction%0A`,
        '/v1/buckets/b/collection/c/records/r/stepfunction',
        '/v1/buckets/b/%63ollection/c/records/r/stepfunction',
        '/v1%2Fbuckets%2Fb%2Fcollections%2Fc%2Frecords%2Fr%2Fstepfunction',
        '/v1/buckets/b/collections/c%2Frecords/r/stepfunction',
        '/v1/buckets/b/collections/c%2Frecords%2Fr/stepfunction',
        '/v1/buckets%2Fb/collections%2Fc/records%2Fr/stepfunction',
        '/v1/buckets/../collections/c/records/../stepfunction',
        '/v1/buckets/b/collections/c/records/%C3%A9/stepfunction',
        `http://elsewhere${record}/stepfunction`
      ]
      for (const target of spellings) {
        t.equal(classify('POST', target).kind, 'answer', target)
        for (const method of ['GET', 'HEAD', 'POST'])
          t.not(await send(method, target), 'kinto', `${method} ${target}`)
      }
    })

    t.test('a segment that is spelled in any other way stays with the service', async t => {
      const before = kinto.requests.length
      for (let code = 0x21; code < 0x100; code += 1) {
        const character = String.fromCharCode(code)
        if (/[\w?/-]/.test(character)) continue
        await send('GET', `/v1/buckets/a${character}b`)
      }
      t.equal(kinto.requests.length, before)
    })
  }
)

const together = 'nginx, the service and a real Kinto together'
t.test(
  'all of it on a real Kinto',
  findNginx() === undefined ? needsNginx(together) : needsParts(together),
  async t => {
    const [kinto, sfn] = await Promise.all([
      realKinto(t, { settings: { 'kinto.http_scheme': 'https', 'kinto.paginate_by': '1' } }),
      startStepFunctions(t)
    ])
    await call(`${kinto.url}/v1/accounts/alice`, {
      method: 'PUT',
      body: { data: { password: 'secret' } }
    })
    const service = await realService(t, {
      env: {
        STEPFUNCTION_KINTO_URL: kinto.url,
        STEPFUNCTION_AWS_REGION: region,
        STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
        STEPFUNCTION_TRUST_PROXY: 'true',
        STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
        STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey
      }
    })
    const headers = { authorization: as('alice'), 'content-type': 'application/json' }

    for (const example of ['nginx.conf', 'nginx-split.conf'] as const) {
      t.test(example, async t => {
        const nginx = await startNginx(t, example, {
          service,
          ...(example === 'nginx-split.conf' && { kinto })
        })
        const { taskToken, executionArn } = sfn.waitCallback()
        const path = `/v1${collection}/records/${example === 'nginx.conf' ? 'one' : 'two'}`
        for (const target of ['/v1/buckets/stepfunction', `/v1${collection}`])
          await (await nginx.request(target, { method: 'PUT', headers })).body.dump()
        const created = await nginx.request(path, {
          method: 'PUT',
          headers,
          body: JSON.stringify({ data: { taskToken, executionArn } })
        })
        t.equal(created.statusCode, 201)
        await created.body.dump()
        const answered = await nginx.request(`${path}/stepfunction`, {
          method: 'POST',
          headers,
          body: '{"answer": "SUCCEED"}'
        })
        t.match(await answered.body.json(), {
          stepfunction: { outcome: 'accepted', answeredBy: 'account:alice' }
        })
        t.match(await sfn.finished(executionArn), { status: 'SUCCEEDED' })
        const state = await nginx.request(`${path}/stepfunction`, { headers })
        t.match(await state.body.json(), { data: { state: 'succeeded' } })
        const read = await nginx.request(path, { headers })
        t.match(await read.body.json(), {
          data: { status: 'SUCCEED', answeredBy: 'account:alice' }
        })
        const collections = await nginx.request('/v1/buckets/stepfunction/history?_limit=1', {
          headers
        })
        t.ok(
          String(collections.headers['next-page']).startsWith(
            `${nginx.url}/v1/buckets/stepfunction/history?`
          ),
          'Kinto leads clients back to nginx'
        )
        await collections.body.dump()
      })
    }
  }
)
