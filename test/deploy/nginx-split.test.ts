import t from 'tap'
import { classify } from '../../src/gateway/classify.ts'
import { methods } from '../../src/gateway/http/server.ts'
import { headerValue } from '../helpers/raw.ts'
import { named, needsNginx, record, startNginx } from './nginx.ts'

t.test(
  'straight to Kinto what is no business of the service',
  needsNginx('nginx that splits requests'),
  async t => {
    const [service, kinto] = await Promise.all([named(t, 'service'), named(t, 'kinto')])
    const nginx = await startNginx(t, 'nginx-split.conf', { service, kinto })
    const send = async (method: string, target: string): Promise<string | undefined> => {
      const { headers } = await nginx.raw(
        `${method} ${target} HTTP/1.1\r\nHost: kinto.example.com\r\n` +
          'Content-Length: 0\r\nConnection: close\r\n\r\n'
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
