import t from 'tap'
import { headerValues } from '../../../src/kinto/headers.ts'
import { announced, requests, says } from './announced.ts'

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
    '{"storage":true,"permission":true,"cache":null,"stepfunction":true}'
  ],
  [
    'Step Functions is away',
    [200, well],
    'http://127.0.0.1:1',
    503,
    '{"storage":true,"permission":true,"cache":null,"stepfunction":false}'
  ],
  [
    'a part of Kinto is ill',
    [503, '{"storage":false}'],
    undefined,
    503,
    '{"storage":false,"stepfunction":true}'
  ],
  [
    'a part of Kinto is ill, and its status hides it',
    [200, '{"storage":false}'],
    undefined,
    503,
    '{"storage":false,"stepfunction":true}'
  ],
  ['Kinto has none', [200, '{}'], undefined, 200, '{"stepfunction":true}'],
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
    const { views } = await announced(t, says(kintoStatus, kintoBody, ['Alert', 'a']), endpoint)
    const reply = await views.reply(requests.heartbeat)
    t.equal(reply.status, status)
    t.equal(reply.body.toString(), body)
    const ours = body.includes('"kinto":false')
    t.strictSame(headerValues(reply.headers, 'alert'), ours ? [] : ['a'])
    t.strictSame(headerValues(reply.headers, 'access-control-allow-origin'), ours ? ['*'] : [])
    t.strictSame(headerValues(reply.headers, 'content-type'), ['application/json'])
    t.strictSame(headerValues(reply.headers, 'retry-after'), [])
  })
}
