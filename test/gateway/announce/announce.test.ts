import { pino } from 'pino'
import t, { type Test } from 'tap'
import { about } from '../../../src/about.ts'
import {
  announce,
  type AnnounceOptions,
  type ViewRequest
} from '../../../src/gateway/announce/announce.ts'
import { headerValues } from '../../../src/kinto/headers.ts'
import { createUpstream } from '../../../src/kinto/upstream.ts'
import { Health } from '../../../src/stepfunctions/health.ts'
import { SdkClients } from '../../../src/stepfunctions/sdk.ts'
import { startKinto, type KintoHandler, type ScriptedKinto } from '../../helpers/kinto.ts'
import { credentials } from '../../helpers/step-functions.ts'

const description = 'Answer steps of AWS Step Functions that wait for a decision on a record.'
const headers = [
  'Host',
  'kinto.example',
  'Authorization',
  'Basic YTpi',
  'accept-encoding',
  'gzip',
  'Origin',
  'https://a.example',
  'Content-Type',
  'text/plain',
  'Content-Length',
  '3'
]
const requests: Record<ViewRequest['view'], ViewRequest> = {
  root: { view: 'root', target: '/v1/?a=%20', headers, timeLeft: () => 5000 },
  heartbeat: { view: 'heartbeat', target: '/v1/__heartbeat__', headers, timeLeft: () => 5000 },
  openapi: { view: 'openapi', target: '/v1/__api__', headers, timeLeft: () => 5000 }
}
const views = ['root', 'heartbeat', 'openapi'] as const

async function announced(
  t: Test,
  handler: KintoHandler,
  endpoint?: string
): Promise<{ kinto: ScriptedKinto; options: AnnounceOptions; log: string[] }> {
  const kinto = await startKinto(t, handler)
  const upstream = createUpstream({ origin: kinto.url, timeoutMs: 5000 })
  t.teardown(() => upstream.close())
  const lines: string[] = []
  const log = pino(
    {},
    {
      write: line => {
        lines.push(line)
      }
    }
  )
  const health = new Health(new SdkClients({ credentials, timeoutMs: 1000 }), {
    endpoint,
    regions: [],
    log
  })
  const resources = [{ bucket: 'reviews' }, { bucket: 'addons', collection: 'steps' }]
  return {
    kinto,
    options: {
      kinto: { dispatcher: upstream.dispatcher, origin: kinto.url, timeoutMs: 5000 },
      health,
      resources,
      log
    },
    log: lines
  }
}

/** Kinto's answer is this, with the headers that it has on all. */
function says(status: number, body: string | Buffer, more: string[] = []): KintoHandler {
  return (_request, response) => {
    response
      .writeHead(status, [
        'Content-Type',
        'application/json',
        'X-Content-Type-Options',
        'nosniff',
        'Content-Length',
        String(Buffer.byteLength(body)),
        ...more
      ])
      .end(body)
  }
}

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

const well = '{"storage":true,"permission":true,"cache":null}'
const beats: Array<
  [
    name: string,
    answer: [status: number, body: string],
    endpoint: string | undefined,
    status: number,
    body: string
  ]
> = [
  [
    'all is well',
    [200, well],
    undefined,
    200,
    '{"storage":true,"permission":true,"cache":null,"stepfunction": true}'
  ],
  [
    'Step Functions is away',
    [200, well],
    'http://127.0.0.1:1',
    503,
    '{"storage":true,"permission":true,"cache":null,"stepfunction": false}'
  ],
  [
    'a part of Kinto is ill',
    [503, '{"storage":false}'],
    undefined,
    503,
    '{"storage":false,"stepfunction": true}'
  ],
  [
    'a part of Kinto is ill, and its status hides it',
    [200, '{"storage":false}'],
    undefined,
    503,
    '{"storage":false,"stepfunction": true}'
  ],
  ['Kinto has none', [200, '{}'], undefined, 200, '{"stepfunction": true}'],
  [
    'Kinto has an error',
    [503, '{"code":503,"errno":201,"error":"Service Unavailable"}'],
    undefined,
    503,
    '{"stepfunction":true,"kinto":false}'
  ],
  [
    'something else than Kinto answers',
    [200, '<html>'],
    'http://127.0.0.1:1',
    503,
    '{"stepfunction":false,"kinto":false}'
  ],
  ['another status', [404, '{"errno":111}'], undefined, 404, '{"errno":111}']
]
for (const [name, [kintoStatus, kintoBody], endpoint, status, body] of beats) {
  t.test(`the heartbeat when ${name}`, async t => {
    const { options } = await announced(t, says(kintoStatus, kintoBody, ['Alert', 'a']), endpoint)
    const reply = await announce(requests.heartbeat, options)
    t.equal(reply.status, status)
    t.equal(reply.body.toString(), body)
    const ours = body.includes('"kinto":false')
    t.strictSame(headerValues(reply.headers, 'alert'), ours ? [] : ['a'])
    t.strictSame(headerValues(reply.headers, 'access-control-allow-origin'), ours ? ['*'] : [])
    t.strictSame(headerValues(reply.headers, 'content-type'), ['application/json'])
    t.strictSame(headerValues(reply.headers, 'retry-after'), [])
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
