import t from 'tap'
import { startAsking, type Asking } from '../helpers/asking.ts'
import { collection } from '../helpers/service.ts'

// Several tests wait between the tries of a write. Side by side they wait once.
t.jobs = 4
const parallel = { buffered: true }

/**
 * Asks another question in the record `mine`, where one stands whose step is over.
 * Kinto does what `first` says with each PUT that has an If-Match.
 */
async function replacing(
  all: Asking,
  first: (nth: number) => 'goes on' | 'is lost'
): Promise<Awaited<ReturnType<Asking['ask']>>> {
  const old = all.question({ id: 'mine' })
  await all.ask(old)
  all.sfn.expire(old.taskToken)
  let nth = 0
  all.kinto.fault({ method: 'PUT' }, (request, response, received) => {
    const isLost = 'if-match' in request.headers && first(++nth) === 'is lost'
    const stored = all.kinto.store.records.get(all.uri('mine'))
    const [data, permissions] = [stored?.data, stored?.permissions]
    all.kinto.respond(request, response, received)
    if (isLost) all.kinto.store.put(all.uri('mine'), data, permissions)
  })
  return await all.ask(all.question({ id: 'mine', subject: 'Next' }), {
    permissions: { read: ['account:bob'] }
  })
}

t.test('a change between reading and writing', parallel, async t => {
  const all = await startAsking(t)
  const reply = await replacing(all, nth => {
    if (nth === 1) all.change('mine', { subject: 'Changed' })
    return 'goes on'
  })
  t.match(reply, { status: 200, body: { data: { subject: 'Next' } } })
  t.match(all.stored('mine'), { subject: 'Next' })
  t.equal(
    all.kinto.requests.filter(
      ({ method, rawHeaders }) => method === 'PUT' && rawHeaders.includes('If-Match')
    ).length,
    2
  )
})

t.test('a record that is deleted between', parallel, async t => {
  const all = await startAsking(t)
  const reply = await replacing(all, nth => {
    if (nth === 1) all.kinto.store.remove(all.uri('mine'))
    return 'goes on'
  })
  t.match(reply, { status: 201, body: { data: { subject: 'Next' } } })
})

t.test('a record that is deleted before it was read', parallel, async t => {
  const all = await startAsking(t)
  const question = all.question()
  const { id } = (await all.ask(question)).body.data
  const data = all.kinto.store.records.get(all.uri(id))?.data ?? {}
  all.kinto.fault({ method: 'PUT', nth: 1 }, (_request, response) => {
    response.writeHead(412).end(JSON.stringify({ details: { existing: data } }))
  })
  all.kinto.store.remove(all.uri(id))
  t.match(
    await all.ask(question),
    { status: 201, body: { data: { id, subject: 'Sign off?' } } },
    'asked anew'
  )
})

t.test('a write that is lost though Kinto took it is made again', parallel, async t => {
  const all = await startAsking(t)
  const reply = await replacing(all, nth => (nth === 1 ? 'is lost' : 'goes on'))
  t.match(reply, { status: 200, body: { data: { subject: 'Next' } } })
  t.match(all.stored('mine'), { subject: 'Next' })
  t.same(all.permissions('mine'), { read: ['account:bob'], write: ['account:workflow'] })
})

t.test('others who change it without pause', parallel, async t => {
  const all = await startAsking(t)
  const reply = await replacing(all, () => {
    all.change('mine', { subject: 'Changed' })
    return 'goes on'
  })
  t.match(reply, { status: 503, body: { errno: 201, message: /change this record all the time/ } })
  t.equal(reply.headers.get('retry-after'), '3')
})

t.test('writes that meet in PostgreSQL are tried again', parallel, async t => {
  const all = await startAsking(t)
  for (const nth of [1, 2]) all.kinto.fault({ method: 'PUT', nth }, 409)
  t.match(await all.ask(all.question()), { status: 201 })
  t.equal(all.puts(), 3)
})

t.test('but not for ever', parallel, async t => {
  const all = await startAsking(t)
  all.kinto.fault({ method: 'PUT' }, 409)
  t.match(await all.ask(all.question()), { status: 409, body: { error: 'Scripted' } })
  t.equal(all.puts(), 10)
})

t.test("what Kinto refuses is told in Kinto's words", parallel, async t => {
  const all = await startAsking(t)
  const question = all.question({ id: 'mine' })
  all.kinto.store.collections.set(collection, { write: ['account:workflow'], fields: ['subject'] })
  t.match(await all.ask(question), { status: 400, body: { message: /Additional properties/ } })
  all.kinto.store.put(all.uri('mine'), {}, { write: ['account:squatter'] })
  t.match(
    await all.ask(question),
    { status: 400, body: { message: /Additional properties/ } },
    'over another record too'
  )
  all.kinto.fault({ method: 'GET', path: `/v1${all.uri('mine')}`, nth: 1 }, 503)
  t.match(await all.ask(question), { status: 503, body: { error: 'Scripted' } })
  all.kinto.fault({ method: 'PUT', nth: 1 }, (_request, response) => {
    response.writeHead(412).end('{}')
  })
  t.match(await all.ask(question), { status: 412 }, 'a 412 without a record')
  all.kinto.fault({ method: 'PATCH', nth: 1 }, 503)
  t.match(await all.ask(question), { status: 503, body: { errno: 201 } })
})

t.test('many ask the same at one time: it stands once', parallel, async t => {
  const all = await startAsking(t)
  const question = all.question()
  const replies = await Promise.all(Array.from({ length: 20 }, () => all.ask(question)))
  t.equal(replies.filter(({ status }) => status === 201).length, 1)
  t.equal(replies.filter(({ status }) => status === 200).length, 19)
  t.equal(new Set(replies.map(({ body }) => JSON.stringify(body.data))).size, 1)
})
