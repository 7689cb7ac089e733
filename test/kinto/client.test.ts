import t, { type Test } from 'tap'
import {
  requestKinto,
  jsonObject,
  KintoUnreachable,
  type KintoResponse
} from '../../src/kinto/client.ts'
import { createUpstream } from '../../src/kinto/upstream.ts'
import { startKinto, type KintoHandler } from '../helpers/kinto.ts'

async function get(
  t: Test,
  handler: KintoHandler,
  bounds: { maxBytes?: number; timeoutMs?: number } = {}
): Promise<KintoResponse> {
  const kinto = await startKinto(t, handler)
  const upstream = createUpstream({ origin: kinto.url, timeoutMs: 1_000 })
  t.teardown(() => upstream.close())
  return await requestKinto(upstream.dispatcher, kinto.url, {
    method: 'GET',
    path: '/v1/',
    headers: [],
    timeoutMs: 1_000,
    ...bounds
  })
}

t.test('an answer is read whole, whatever its status', async t => {
  t.match(
    await get(t, (_request, response) => {
      response.writeHead(418, { 'X-Mine': '1' }).end('short')
    }),
    { status: 418, headers: ['X-Mine', '1'], body: Buffer.from('short') }
  )
  t.match(
    await get(
      t,
      (_request, response) => {
        response.end('12345')
      },
      { maxBytes: 5 }
    ),
    { body: Buffer.from('12345') }
  )
})

t.test('but no further than there is room for', async t => {
  await t.rejects(
    get(
      t,
      (_request, response) => {
        response.end('123456')
      },
      { maxBytes: 5 }
    ),
    { name: 'ResponseTooLarge', message: /more than 5 bytes/ }
  )
})

t.test('a Kinto that does not answer, or not in time', async t => {
  await t.rejects(
    get(t, (_request, response) => {
      response.destroy()
    }),
    KintoUnreachable
  )
  await t.rejects(
    get(t, () => {}, { timeoutMs: 0.5 }),
    KintoUnreachable
  )
  await t.rejects(
    get(
      t,
      (_request, response) => {
        response.write('half')
      },
      { timeoutMs: 50 }
    ),
    KintoUnreachable
  )
})

t.test('what is not from Kinto', async t => {
  const ok = { status: 200, headers: [] }
  t.same(jsonObject({ ...ok, body: Buffer.from('{"a":"b"}') }), { a: 'b' })
  for (const text of ['', '<html>', '[]', 'null', '1'])
    t.throws(() => jsonObject({ ...ok, body: Buffer.from(text) }), KintoUnreachable, text)
})
