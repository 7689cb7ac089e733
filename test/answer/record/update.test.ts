import t from 'tap'
import { probe } from '../../helpers/kinto.ts'
import { answer, as, collection, startAll } from '../../helpers/service.ts'

const record = `${collection}/records/r1`
const path = `/v1${record}`
const writers = { write: ['account:alice'] }

t.test('Kinto away for a moment after the report', async t => {
  for (const fault of ['reset', 503, 409, 'garbage'] as const) {
    await t.test(String(fault), async t => {
      const { kinto, sfn, ...all } = await startAll(t)
      const { taskToken } = sfn.waitCallback()
      kinto.store.put(record, { taskToken }, writers)
      kinto.fault({ method: 'PATCH', path, nth: 2 }, fault)
      kinto.fault({ method: 'PATCH', path, nth: 3 }, fault)
      t.match(await answer(all, record, { answer: 'SUCCEED' }), {
        status: 200,
        body: { data: { status: 'SUCCEED' }, stepfunction: { outcome: 'accepted' } }
      })
      t.equal(sfn.calls.length, 1)
    })
  }
})

t.test(
  'Kinto gone for good after the report: said, remembered, and recorded when asked again',
  async t => {
    const { kinto, sfn, ...all } = await startAll(t)
    const { taskToken, executionArn } = sfn.waitCallback()
    kinto.store.put(record, { taskToken }, writers)
    const back = kinto.fault({ method: 'PATCH', path }, (request, response, received) => {
      if (request.headers['if-match'] === probe) kinto.respond(request, response, received)
      else response.writeHead(503).end('{}')
    })
    const lost = await answer(all, record, { answer: 'SUCCEED' })
    t.match(lost, {
      status: 503,
      body: { errno: 201, message: /not reported twice/, details: { reported: 'yes' } }
    })
    t.ok(lost.headers.get('retry-after'))
    t.equal(sfn.execution(executionArn).status, 'SUCCEEDED')
    t.equal(kinto.store.records.get(record)?.data['status'], undefined)
    back()
    t.match(await answer(all, record, { answer: 'FAIL' }), {
      status: 409,
      body: { details: { answer: 'SUCCEED', answeredBy: 'account:alice' } }
    })
    t.match(
      kinto.store.records.get(record)?.data,
      { status: 'SUCCEED', answeredBy: 'account:alice' },
      'the refused answer made the record show the first'
    )
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 200,
      body: { data: { status: 'SUCCEED' }, stepfunction: { outcome: 'already_applied' } }
    })
    t.equal(sfn.calls.length, 1)
  }
)

t.test('a refusal is no reason to try again', async t => {
  const rows: [status: number, retry: boolean][] = [
    [403, false],
    [404, false],
    [401, false]
  ]
  for (const [status, retry] of rows) {
    await t.test(String(status), async t => {
      const { kinto, sfn, ...all } = await startAll(t)
      const { taskToken } = sfn.waitCallback()
      kinto.store.put(record, { taskToken }, writers)
      kinto.fault({ method: 'PATCH', path, nth: 2 }, status)
      const reply = await answer(all, record, { answer: 'FAIL' })
      t.match(reply, { status: 503, body: { details: { reported: 'yes' } } })
      t.equal(reply.headers.has('retry-after'), retry)
      t.equal(kinto.requests.filter(({ method }) => method === 'PATCH').length, 2)
      t.match(
        await answer(all, record, { answer: 'FAIL' }),
        {
          status: 200,
          body: { data: { status: 'FAIL' }, stepfunction: { outcome: 'already_applied' } }
        },
        'asked again, it is recorded'
      )
      t.equal(sfn.calls.length, 1, 'and not reported twice')
    })
  }
})

t.test('a refused answer whose record cannot be made to show the first one', async t => {
  const { kinto, sfn, ...all } = await startAll(t)
  const { taskToken } = sfn.waitCallback()
  kinto.store.put(record, { taskToken }, writers)
  for (const nth of [2, 4]) kinto.fault({ method: 'PATCH', path, nth }, 403)
  t.match(await answer(all, record, { answer: 'FAIL' }), {
    status: 503,
    body: { details: { reported: 'yes' } }
  })
  t.match(await answer(all, record, { answer: 'SUCCEED' }), {
    status: 409,
    body: { details: { answer: 'FAIL' } }
  })
  t.ok(all.log.some(({ msg }) => msg === 'a record could not be made to show its answer'))
})

t.test('where a schema refuses the new fields, the status alone is written', async t => {
  const { kinto, sfn, ...all } = await startAll(t, { env: { KINTO_AUTHORIZATION: as('workflow') } })
  const { taskToken } = sfn.waitCallback()
  kinto.store.put(record, { taskToken }, writers)
  kinto.fault({ method: 'PATCH', path, nth: 2 }, 400)
  const { status, body } = await answer(all, record, { answer: 'SUCCEED', comment: 'fine' })
  t.match(
    { status, body },
    {
      status: 200,
      body: { data: { status: 'SUCCEED' }, stepfunction: { answeredBy: 'account:alice' } }
    }
  )
  t.equal(body.data.answeredBy, undefined)
  t.same(
    JSON.parse(kinto.requests.findLast(({ method }) => method === 'PATCH')?.body.toString() ?? ''),
    { data: { status: 'SUCCEED' } }
  )
})

t.test("an earlier decision's comment does not pass for this one's", async t => {
  const { kinto, sfn, ...all } = await startAll(t)
  const { taskToken } = sfn.waitCallback()
  kinto.store.put(
    record,
    { taskToken, status: 'UNANSWERED', answeredBy: 'account:bob', comment: 'no' },
    writers
  )
  t.match(await answer(all, record, { answer: 'SUCCEED' }), { status: 200 })
  const { rawHeaders = [], body } =
    kinto.requests.findLast(({ method }) => method === 'PATCH') ?? {}
  t.ok(rawHeaders.includes('application/merge-patch+json'))
  t.match(JSON.parse(String(body)), { data: { status: 'SUCCEED', comment: null } })
})

t.test('where Kinto adds nobody to the writers, the permissions stay as they were', async t => {
  for (const [user, permissions] of [
    ['alice', writers],
    ['workflow', {}]
  ] as const) {
    const { kinto, sfn, ...all } = await startAll(t)
    const { taskToken } = sfn.waitCallback()
    kinto.store.put(record, { taskToken }, writers)
    kinto.fault({ method: 'PATCH', path, nth: 2 }, (_request, response) => {
      response.end(JSON.stringify({ data: { id: 'r1', status: 'FAIL' }, permissions: {} }))
    })
    const { body } = await answer(all, record, { answer: 'FAIL' }, user)
    t.match(body, { stepfunction: { outcome: 'accepted' } })
    t.same(body.permissions, permissions)
  }
})
