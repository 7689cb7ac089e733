import t from 'tap'
import { about } from '../../../src/about.ts'
import { announce } from '../../../src/gateway/announce/announce.ts'
import { headerValues } from '../../../src/kinto/headers.ts'
import { announced, requests, says } from './announced.ts'

const description = 'Answer steps of AWS Step Functions that wait for a decision on a record.'
const views = ['root', 'heartbeat', 'openapi'] as const
const root = '{"project_name":"kinto","capabilities":{"history":{"url":"https://h.example"}}}'

t.test(
  'Kinto gets one GET with the headers of the client, but for those that would change the text',
  async t => {
    const { kinto, options } = await announced(t, says(200, root))
    await announce(requests.root, options)
    t.match(kinto.requests, [{ method: 'GET', url: '/v1/?a=%20', body: Buffer.alloc(0) }])
    const { rawHeaders } = kinto.requests[0] ?? { rawHeaders: [] }
    t.strictSame(
      rawHeaders.filter(
        (_text, index) => rawHeaders[index - (index % 2)]?.toLowerCase() !== 'connection'
      ),
      [
        'host',
        'kinto.example',
        'Authorization',
        'Basic YTpi',
        'Origin',
        'https://a.example',
        'Accept-Encoding',
        'identity'
      ]
    )
  }
)

t.test(
  "the root view has the capability at its end, and Kinto's headers but those of its own text",
  async t => {
    const { options } = await announced(
      t,
      says(200, root, [
        'ETag',
        '"1"',
        'Cache-Control',
        'max-age=86400',
        'Set-Cookie',
        'a=1',
        'Set-Cookie',
        'b=2'
      ])
    )
    const reply = await announce(requests.root, options)
    t.equal(reply.status, 200)
    t.equal(
      reply.body.toString(),
      `${root.slice(0, -2)},"stepfunction": ${JSON.stringify({
        description,
        url: about.homepage,
        version: about.version,
        resources: ['/buckets/reviews', '/buckets/addons/collections/steps'],
        ask: '/v1/buckets/{bucket_id}/collections/{collection_id}/stepfunction'
      })}}}`
    )
    t.strictSame(
      ['content-type', 'x-content-type-options', 'cache-control', 'set-cookie'].map(name =>
        headerValues(reply.headers, name)
      ),
      [['application/json'], ['nosniff'], ['max-age=86400'], ['a=1', 'b=2']]
    )
    for (const name of ['etag', 'content-length', 'connection'])
      t.strictSame(headerValues(reply.headers, name), [], name)
  }
)

const untouched: Array<[name: string, status: number, body: string | Buffer]> = [
  ['another status', 410, root],
  ['no JSON', 200, '<html>'],
  ['JSON that is no object', 200, '[1.0]'],
  ['no capabilities', 200, '{"project_name":"kinto", "capabilities": []}'],
  ['text in another encoding', 200, Buffer.from('{"capabilities":{"a":"\xe9"}}', 'latin1')]
]
for (const [name, status, body] of untouched) {
  t.test(`it stays Kinto's: ${name}`, async t => {
    const { options, log } = await announced(t, says(status, body, ['ETag', '"1"']))
    for (const view of ['root', 'openapi'] as const) {
      const reply = await announce(requests[view], options)
      t.equal(reply.status, status, view)
      t.strictSame(Buffer.from(reply.body), Buffer.from(body), view)
      t.strictSame(headerValues(reply.headers, 'etag'), ['"1"'], view)
    }
    t.strictSame(log, [])
  })
}

t.test('Kinto is away', async t => {
  const { kinto, options, log } = await announced(t, says(200, root))
  kinto.down()
  for (const view of views) {
    const { status, headers, body } = await announce(requests[view], options)
    t.equal(status, 503)
    t.match(headers, ['Access-Control-Allow-Origin', '*'])
    t.strictSame(headerValues(headers, 'retry-after'), view === 'heartbeat' ? [] : ['3'], view)
    t.match(
      JSON.parse(body.toString()),
      view === 'heartbeat'
        ? { stepfunction: true, kinto: false }
        : { code: 503, errno: 201, error: 'Service Unavailable', message: String }
    )
  }
  t.equal(log.length, views.length)
  for (const line of log) t.match(line, /"level":50.*ECONNREFUSED/)
})

t.test('Kinto is silent for longer than the request may take', async t => {
  const { options } = await announced(t, () => {})
  for (const view of views) {
    const { status } = await announce({ ...requests[view], timeLeft: () => 20 }, options)
    t.equal(status, 503, view)
  }
})
