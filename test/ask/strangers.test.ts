import t from 'tap'
import { startAsking } from '../helpers/asking.ts'
import { call, collection } from '../helpers/service.ts'

t.test('who may not create is told so before anything of the body is looked at', async t => {
  const all = await startAsking(t)
  all.kinto.store.collections.set(collection, {
    write: ['account:workflow'],
    read: ['account:reader']
  })
  for (const user of ['reader', 'eve'])
    t.match(await all.ask({ nonsense: 1 }, { user, headers: { 'if-match': 'x' } }), {
      status: 403,
      body: { errno: 121 }
    })
  const anonymous = await call(`${all.url}/v1${collection}/stepfunction`, {
    method: 'POST',
    body: '{'
  })
  t.match(anonymous, { status: 401, body: { errno: 104 } })
  t.equal(anonymous.headers.get('www-authenticate'), 'Basic realm="Realm"')
  t.match(
    await call(`${all.url}/v1${collection}2/stepfunction`, {
      method: 'POST',
      user: 'workflow',
      body: '{'
    }),
    { status: 404, body: { errno: 111, details: { resource_name: 'collection' } } }
  )
  t.ok(all.kinto.requests.every(({ method, body }) => method === 'POST' && String(body) === '['))
  t.same([...all.kinto.store.records], [])
})

t.test('a Kinto that does not say whether they may', async t => {
  const all = await startAsking(t)
  for (const [status, body] of [
    [400, '{}'],
    [400, '{"details":[]}'],
    [400, '{"details":[{"location":"header"}]}'],
    [405, '{}']
  ] as const) {
    all.kinto.fault({ method: 'POST', nth: 1 }, (_request, response) => {
      response.writeHead(status).end(body)
    })
    t.match(await all.ask(all.question()), { status }, body)
  }
  all.kinto.fault({ method: 'POST', nth: 1 }, 'reset')
  t.match(await all.ask(all.question()), { status: 503, body: { errno: 201 } })
  t.equal(all.puts(), 0)
})

t.test('who may create, and nothing else', async t => {
  const all = await startAsking(t)
  all.kinto.store.collections.set(collection, {
    'record:create': ['account:asker', 'account:other'],
    write: ['account:workflow']
  })
  const question = all.question()
  const created = await all.ask(question, { user: 'asker' })
  t.match(created, {
    status: 201,
    body: { data: { subject: 'Sign off?' }, permissions: { write: ['account:asker'] } }
  })
  const { id } = created.body.data
  const again = await all.ask(question, { user: 'other' })
  t.equal(again.status, 200)
  t.same(
    again.body,
    { stepfunction: { answer: `/v1${all.uri(id)}/stepfunction` } },
    'of what they may not read they see nothing'
  )
  all.change(id, { subject: 'Changed' })
  const refused = await all.ask({ ...question, subject: 'Other' }, { user: 'other' })
  t.match(
    refused,
    {
      status: 409,
      body: { errno: 122, message: 'Another question stands in this record.', details: undefined }
    },
    'nor the names of its fields'
  )
  const [before, next] = [all.stored(id), all.question({ id })]
  t.match(await all.ask(next, { user: 'other' }), {
    status: 409,
    body: { message: 'This id belongs to another question.' }
  })
  t.match(
    await all.ask(question, { user: 'other' }),
    { status: 403, body: { errno: 121 } },
    'what they may not write they cannot put back'
  )
  t.same(all.stored(id), before)
  all.kinto.fault({ method: 'PUT', nth: 1 }, 'reset')
  t.match(await all.ask(question, { user: 'other' }), { status: 503 })
})

t.test('a personal bucket: sealed for its real name', async t => {
  const all = await startAsking(t, {
    SEAL_SECRET: '5ea1'.repeat(16),
    RESOURCES: '/buckets/default'
  })
  const personal = '/buckets/default/collections/steps'
  all.kinto.store.collections.set(personal, { write: ['account:alice'] })
  all.kinto.fault({ method: 'GET', path: '/v1/' }, (_request, response) => {
    response.end('{"user":{"id":"account:alice","bucket":"personal"}}')
  })
  const question = all.question()
  const { status, body } = await call(`${all.url}/v1${personal}/stepfunction`, {
    method: 'POST',
    user: 'alice',
    body: { data: question }
  })
  t.match(
    { status, body },
    {
      status: 201,
      body: { stepfunction: { answer: /^\/v1\/buckets\/personal\/collections\/steps\/records\// } }
    }
  )
  t.match(
    await call(`${all.url}/v1${personal}/records/${body.data.id}/stepfunction`, { user: 'alice' }),
    { body: { data: { canAnswer: true } } }
  )
})
