import t from 'tap'
import { about } from '../../../src/about.ts'
import { headerValues } from '../../../src/kinto/headers.ts'
import { announced, requests, says } from './announced.ts'

const description = 'Answer steps of AWS Step Functions that wait for a decision on a record.'
const all = ['root', 'heartbeat', 'openapi'] as const
const root = '{"project_name":"kinto","capabilities":{"history":{"url":"https://h.example"}}}'

t.test(
  'Kinto gets one GET with the headers of the client, but for those that would change the text',
  async t => {
    const { kinto, views } = await announced(t, says(200, root))
    await views.reply(requests.root)
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
    const { views } = await announced(
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
    const reply = await views.reply(requests.root)
    t.equal(reply.status, 200)
    t.equal(
      reply.body.toString(),
      `${root.slice(0, -2)},"stepfunction":${JSON.stringify({
        description,
        url: about.homepage,
        version: about.version,
        resources: ['/buckets/reviews', '/buckets/addons/collections/steps'],
        ask: '/v1/buckets/{bucket_id}/collections/{collection_id}/stepfunction',
        inbox: '/v1/stepfunction/inbox'
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
    const { views, log } = await announced(t, says(status, body, ['ETag', '"1"']))
    for (const view of ['root', 'openapi'] as const) {
      const reply = await views.reply(requests[view])
      t.equal(reply.status, status, view)
      t.strictSame(Buffer.from(reply.body), Buffer.from(body), view)
      t.strictSame(headerValues(reply.headers, 'etag'), ['"1"'], view)
    }
    t.strictSame(log, [])
  })
}

t.test('Kinto is away', async t => {
  const { kinto, views, log } = await announced(t, says(200, root))
  kinto.down()
  for (const view of all) {
    const { status, headers, body } = await views.reply(requests[view])
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
  t.equal(log.length, all.length)
  for (const line of log) t.match(line, /"level":50.*ECONNREFUSED/)
})

t.test('Kinto is silent for longer than the request may take', async t => {
  const { views } = await announced(t, () => {})
  for (const view of all) {
    const { status } = await views.reply({ ...requests[view], timeLeft: () => 20 })
    t.equal(status, 503, view)
  }
})

t.test('the OpenAPI document is the same the second time', async t => {
  const document = '{"swagger":"2.0","paths":{}}'
  const { views } = await announced(t, says(200, document))
  const first = (await views.reply(requests.openapi)).body.toString()
  t.match(first, '/records/{record_id}/stepfunction')
  t.equal((await views.reply(requests.openapi)).body.toString(), first)
})

t.test('a plugin that is there still is told of once, and what to do', async t => {
  const { views, log } = await announced(t, says(200, '{"capabilities":{"stepfunction":{}}}'))
  for (const _ of [1, 2, 3]) await views.reply(requests.root)
  t.equal(log.length, 1)
  t.match(JSON.parse(log[0] ?? ''), { level: 40, msg: /take it out of kinto\.includes/ })
})
