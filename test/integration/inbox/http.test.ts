import t from 'tap'
import { needsParts } from '../../helpers/real.ts'
import { as, call } from '../../helpers/service.ts'
import { put } from '../stage.ts'
import { at, bucket, startWorld } from './world.ts'

const path = '/v1/stepfunction/inbox'

t.test('queries, methods, CORS', needsParts('the inbox'), async t => {
  const world = await startWorld(t, {
    kinto: { settings: { 'kinto.cors_origins': 'https://ok.example' } }
  })
  const { service, kinto } = world
  await world.record(at('a', 'r'), {}, { read: ['account:alice'] })
  const origin = { origin: 'https://ok.example' }

  for (const [query, name, description] of [
    ['?status=waiting', 'status', 'Can be "decided" or "over"'],
    ['?status=', 'status', 'Can be "decided" or "over"'],
    ['?reviewer=account:alice', 'reviewer', 'Can only be "me"'],
    ['?status=over&status=over', 'status', 'Should be there once'],
    ['?_since=1', '_since', 'Only status and reviewer are taken here'],
    ['?reviewer=me&__proto__=x', '__proto__', 'Only status and reviewer are taken here']
  ] as const) {
    const refused = await world.inbox('alice', query, origin)
    t.match(
      refused,
      {
        status: 400,
        body: { errno: 107, details: [{ location: 'querystring', name, description }] }
      },
      query
    )
    t.equal(refused.headers.get('access-control-allow-origin'), origin.origin)
  }

  for (const target of [
    path,
    '/v1/stepfunction%2Finbox',
    '/%761/stepfunction/inbox',
    `//v1/stepfunction/inbox`
  ]) {
    const { status, body } = await call(`${service.url}${target}?reviewer=me#?x=1`, {
      user: 'alice'
    })
    t.match({ status, body }, { status: 200, body: { data: [{ id: 'r' }] } }, target)
  }
  t.match(await call(`${service.url}${path}/`, { user: 'alice' }), { status: 307 }, "Kinto's own")
  t.match(await call(`${service.url}/v0/stepfunction/inbox`, { user: 'alice' }), { status: 404 })

  const get = await world.inbox('alice')
  const head = await call(`${service.url}${path}`, { method: 'HEAD', user: 'alice' })
  t.equal(head.status, 200)
  t.equal(head.text, '')
  for (const name of ['etag', 'total-objects', 'content-length', 'cache-control'])
    t.equal(head.headers.get(name), get.headers.get(name), name)

  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    const refused = await call(`${service.url}${path}`, { method, user: 'alice', headers: origin })
    t.match(refused, { status: 405, body: { errno: 115 } }, method)
    t.equal(refused.headers.get('allow'), 'GET, HEAD, OPTIONS')
    t.equal(refused.headers.get('access-control-allow-origin'), origin.origin)
  }
  const preflight = (from: string, method: string) =>
    call(`${service.url}${path}`, {
      method: 'OPTIONS',
      headers: { origin: from, 'access-control-request-method': method }
    })
  const allowed = await preflight(origin.origin, 'GET')
  t.equal(allowed.status, 200)
  t.equal(allowed.headers.get('access-control-allow-methods'), 'GET,HEAD,OPTIONS')
  t.match(await preflight(origin.origin, 'POST'), { status: 400 })
  t.match(await preflight('https://evil.example', 'GET'), { status: 400 })
  const exposed = (await world.inbox('alice', '', origin)).headers.get(
    'access-control-expose-headers'
  )
  t.match(exposed, /ETag, Total-Objects$/)
  const evil = await world.inbox('alice', '', { origin: 'https://evil.example' })
  t.match(evil, { status: 400, body: { message: /evil.example not allowed/ } }, "Kinto's own")

  const batch = await call(`${service.url}/v1/batch`, {
    method: 'POST',
    user: 'alice',
    body: { requests: [{ path: '/stepfunction/inbox' }, { path }] }
  })
  t.match(batch.body.responses, [{ status: 404 }, { status: 404 }], 'Kinto does not know the path')

  const { body } = await call(`${service.url}/v1/`)
  t.equal(body.capabilities.stepfunction.inbox, path)
  t.match(await call(`${kinto.url}${path}`, { user: 'alice' }), { status: 404 })
})

t.test('who may read nothing, and nobody', needsParts('the inbox'), async t => {
  const world = await startWorld(t)
  t.match(await world.inbox('nobody'), { status: 200, body: { data: [] } })
  const unauthorized = await world.inbox()
  const kintos = await call(`${world.kinto.url}/v1${bucket}/collections/a/records`)
  t.match(unauthorized, { status: 401, text: kintos.text })
  t.equal(unauthorized.headers.get('www-authenticate'), kintos.headers.get('www-authenticate'))
  const wrong = await world.inbox(undefined, '', {
    authorization: `${as('alice').slice(0, -8)}AAAAAAA=`
  })
  t.equal(wrong.status, 401, 'a wrong password')

  await world.record(at('b', 'public'), {}, { read: ['system.Everyone'] })
  t.match(await world.inbox(), { status: 200, body: { data: [{ id: 'public' }] } })
  t.match(await world.inbox(undefined, '?reviewer=me'), {
    status: 200,
    body: { data: [{ id: 'public' }] }
  })
})

t.test('which collections', needsParts('the inbox'), async t => {
  const resources =
    '/buckets/stepfunction /buckets/other/collections/c /buckets/none /buckets/default'
  const world = await startWorld(t, { env: { RESOURCES: resources } })
  const { kinto, service } = world
  await put(kinto, '/buckets/other', {}, 'workflow')
  for (const name of ['c', 'd']) {
    await put(kinto, `/buckets/other/collections/${name}`, {}, 'workflow')
    await put(
      kinto,
      `/buckets/other/collections/${name}/records/other-${name}`,
      { data: { taskToken: 'x' }, permissions: { read: ['account:alice'] } },
      'workflow'
    )
  }
  await world.record(at('a', 'a'), {}, { read: ['account:alice'] })
  t.strictSame(
    await world.ids('alice'),
    ['other-c', 'a'],
    'the service finds what she may not list'
  )
  const personal = await call(`${kinto.url}/v1/buckets/default/collections`, { user: 'bob' })
  t.strictSame(personal.body.data, [])
  await put(kinto, '/buckets/default/collections/mine', {}, 'alice')
  await call(`${kinto.url}/v1/buckets/default/collections/mine/records/mine`, {
    method: 'PUT',
    user: 'alice',
    body: { data: { taskToken: 'x' } }
  })
  t.strictSame(await world.ids('alice'), ['other-c', 'a', 'mine'], 'a personal bucket')
  const { body } = await call(`${kinto.url}/v1/`, { user: 'alice' })
  t.equal(
    (await world.inbox('alice')).body.data[2].record,
    `/buckets/${body.user.bucket}/collections/mine/records/mine`
  )
  await put(kinto, `${bucket}/collections/new`, {}, 'workflow')
  await world.record(at('new', 'new'), {}, { read: ['account:alice'] })
  t.match(
    await call(`${service.url}/v1/buckets/default/collections`, { user: 'nobody' }),
    { body: { data: [] } },
    'nothing is made in the bucket of somebody who looks'
  )
})

t.test(
  'without an account of its own the service asks as the caller',
  needsParts('the inbox'),
  async t => {
    const world = await startWorld(t, { env: { KINTO_AUTHORIZATION: '' } })
    await world.record(at('a', 'a'), {}, { read: ['account:alice'] })
    t.strictSame(await world.ids('workflow'), ['a'])
    t.strictSame(await world.ids('alice'), [], 'who may not list the collections')
    t.equal((await world.inbox()).status, 401)
  }
)
