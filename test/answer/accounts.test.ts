import t from 'tap'
import { answer, call, collection, startAll } from '../helpers/service.ts'

const record = `${collection}/records/r1`
const writers = { write: ['account:alice'] }

t.test('only who may write the record is heard', async t => {
  const all = await startAll(t)
  const { taskToken } = all.sfn.waitCallback()
  all.kinto.store.collections.set(collection, {
    read: ['account:reader'],
    write: ['account:parent']
  })
  all.kinto.store.put(record, { taskToken }, writers)
  t.match(
    await answer(all, record, { answer: 'MAYBE' }, 'eve'),
    { status: 403, body: { errno: 121 } },
    'the right comes before the body'
  )
  t.match(await answer(all, record, { answer: 'SUCCEED' }, 'reader'), {
    status: 403,
    body: { errno: 121 }
  })
  const anonymous = await call(`${all.url}/v1${record}/stepfunction`, {
    method: 'POST',
    body: { answer: 'SUCCEED' }
  })
  t.match(anonymous, { status: 401, body: { errno: 104 } })
  t.equal(anonymous.headers.get('www-authenticate'), 'Basic realm="Realm"')
  t.match(await answer(all, `${collection}/records/none`, { answer: 'SUCCEED' }, 'reader'), {
    status: 404,
    body: { errno: 110 }
  })
  t.equal(all.sfn.calls.length, 0)
  t.match(
    await answer(all, record, { answer: 'SUCCEED' }, 'parent'),
    { status: 200, body: { permissions: {}, stepfunction: { answeredBy: 'account:parent' } } },
    'an inherited right counts'
  )
})

t.test('a record that everybody may write is answered by everybody', async t => {
  const all = await startAll(t)
  const { taskToken } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken }, { write: ['system.Everyone'] })
  const { status, body } = await call(`${all.url}/v1${record}/stepfunction`, {
    method: 'POST',
    body: { answer: 'SUCCEED' }
  })
  t.match(
    { status, body },
    { status: 200, body: { stepfunction: { answeredBy: 'system.Everyone' } } }
  )
})

t.test('the own account writes the record, as the caller sees it', async t => {
  const own = `Basic ${Buffer.from('service:secret').toString('base64')}`
  const all = await startAll(t, { env: { KINTO_AUTHORIZATION: own } })
  all.kinto.store.collections.set(collection, { write: ['account:service', 'account:parent'] })
  const { taskToken } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken })
  const { status, headers, body } = await call(`${all.url}/v1${record}/stepfunction`, {
    method: 'POST',
    user: 'parent',
    body: { answer: 'SUCCEED' },
    headers: { cookie: 'c=1', origin: 'https://page.example', 'x-request-id': 'abc' }
  })
  t.match(
    { status, body },
    { status: 200, body: { permissions: {}, data: { answeredBy: 'account:parent' } } }
  )
  t.equal(headers.get('access-control-allow-origin'), '*')
  t.same(
    all.kinto.store.records.get(record)?.permissions.write,
    ['account:service'],
    'the caller got no lasting right'
  )
  const update = all.kinto.requests.findLast(({ method }) => method === 'PATCH')?.rawHeaders ?? []
  t.ok(update.includes(own))
  t.ok(update.includes('abc'), 'the update is the same request for Kinto')
  t.notOk(
    update.some(text => text.toLowerCase() === 'cookie'),
    'but for who makes it'
  )
})

t.test('the record is written as the caller where Kinto refuses the own account', async t => {
  const all = await startAll(t, {
    env: { KINTO_AUTHORIZATION: `Basic ${Buffer.from('nobody:x').toString('base64')}` }
  })
  const { taskToken } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken }, writers)
  t.match(await answer(all, record, { answer: 'SUCCEED' }), {
    status: 200,
    body: { data: { status: 'SUCCEED' } }
  })
  t.ok(
    all.log.some(({ msg }) =>
      String(msg).startsWith('Kinto refused the account of kinto_authorization')
    )
  )
})

t.test(
  'what the client sent goes along with every request for it, ' +
    'and nothing that belongs to its body or conditions',
  async t => {
    const all = await startAll(t)
    const { taskToken } = all.sfn.waitCallback()
    all.kinto.store.put(record, { taskToken }, writers)
    const seen = (await call(`${all.url}/v1${record}`, { user: 'alice' })).headers.get('etag') ?? ''
    all.kinto.requests.length = 0
    await answer(all, record, { answer: 'SUCCEED' }, 'alice', {
      'if-match': seen,
      range: 'bytes=0-1',
      'response-behavior': 'light',
      'accept-language': 'fr',
      'x-custom': '1',
      accept: 'text/html',
      'content-language': 'fr',
      'user-agent': 'test'
    })
    for (const { method, rawHeaders } of all.kinto.requests) {
      const headers = new Headers(
        rawHeaders.flatMap((name, index) =>
          index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? '']] : []
        )
      )
      t.match(Object.fromEntries(headers), {
        host: new URL(all.url).host,
        'accept-language': 'fr',
        'x-custom': '1',
        'user-agent': 'test',
        accept: 'application/json',
        'accept-encoding': 'identity',
        authorization: /^Basic /,
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http'
      })
      for (const name of ['range', 'response-behavior', 'content-language', 'if-none-match'])
        t.notOk(headers.has(name), `${method} without ${name}`)
      if (method === 'GET') t.notOk(headers.has('if-match'), 'a GET carries no If-Match')
    }
  }
)
