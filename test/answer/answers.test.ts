import t from 'tap'
import { answer, call, collection, startAll, stateMachineArn } from '../helpers/service.ts'

const record = `${collection}/records/r1`
const writers = { write: ['account:alice'] }

t.test('an answer reaches the workflow, and the record says so', async t => {
  const all = await startAll(t)
  const { kinto, sfn } = all
  const { taskToken, executionArn } = sfn.waitCallback()
  kinto.store.put(
    record,
    `{"subject":"x","n":1.0,"big":9007199254740993,` +
      `"taskToken":"${taskToken}","stateMachineArn":"${stateMachineArn}"}`,
    writers
  )
  const version = String(
    kinto.store.records.get(record)?.data['last_modified'] &&
      JSON.stringify(kinto.store.records.get(record)?.data['last_modified'])
  )
  const { status, headers, text, body } = await answer(
    all,
    record,
    '{"answer":"SUCCEED","comment":"fine","output":{"x":1.0},"unknown":1}'
  )
  t.equal(status, 200)
  t.equal(headers.get('content-type'), 'application/json')
  t.match(headers.get('etag'), /^"\d+"$/)
  t.ok(headers.get('last-modified'))
  t.match(text, /"n":1\.0,"big":9007199254740993,/, 'numbers are as they were')
  t.match(body, {
    data: { id: 'r1', status: 'SUCCEED', answeredBy: 'account:alice', comment: 'fine' },
    permissions: writers,
    stepfunction: {
      outcome: 'accepted',
      answer: 'SUCCEED',
      answeredBy: 'account:alice',
      answeredAt: /^\d{4}-\d\d-\d\dT.*Z$/
    }
  })
  t.equal(body.data.answeredAt, body.stepfunction.answeredAt)
  const { status: ended, output = '' } = sfn.execution(executionArn)
  t.equal(ended, 'SUCCEEDED')
  t.match(output, /"output":\{"x":1\.0\}/)
  t.match(JSON.parse(output), {
    message: 'fine',
    answer: 'SUCCEED',
    answeredBy: 'account:alice',
    record,
    version: Number(version),
    answerId: /^[0-9a-f-]{36}$/
  })
  t.same(
    kinto.requests.map(({ method, url }) => `${method} ${url}`).toSorted(),
    [`GET /v1${record}`, 'GET /v1/', `PATCH /v1${record}`, `PATCH /v1${record}`].toSorted(),
    'four calls to Kinto'
  )
  t.equal(sfn.calls.length, 1, 'one to Step Functions')
})

t.test('FAIL fails the step with the error that the state machine catches', async t => {
  const all = await startAll(t)
  const rows: [body: object, error: string, message: string][] = [
    [
      { answer: 'FAIL' },
      'Not signing off',
      'After reviewing, the decision was made to not sign off'
    ],
    [{ answer: 'FAIL', error: 'Rejected', comment: 'no' }, 'Rejected', 'no']
  ]
  for (const [body, error, message] of rows) {
    const { taskToken, executionArn } = all.sfn.waitCallback()
    all.kinto.store.put(record, { taskToken }, writers)
    t.match(await answer(all, record, body), { status: 200, body: { data: { status: 'FAIL' } } })
    const execution = all.sfn.execution(executionArn)
    t.match(execution, { status: 'FAILED', error })
    t.match(JSON.parse(execution.cause ?? ''), { answer: 'FAIL', message })
  }
})

t.test('the same answer again is confirmed, another one refused', async t => {
  const all = await startAll(t)
  const { taskToken } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken }, { write: ['account:alice', 'account:bob'] })
  const first = await answer(all, record, { answer: 'SUCCEED' })
  const again = await answer(all, record, { answer: 'SUCCEED', comment: 'me too' }, 'bob')
  t.match(again, {
    status: 200,
    body: {
      stepfunction: {
        outcome: 'already_applied',
        answer: 'SUCCEED',
        answeredBy: 'account:alice',
        answeredAt: first.body.stepfunction.answeredAt
      }
    }
  })
  t.notOk(again.body.data.comment)
  const other = await answer(all, record, { answer: 'FAIL' }, 'bob')
  t.match(other, {
    status: 409,
    body: {
      code: 409,
      errno: 122,
      error: 'Conflict',
      message: /account:alice said SUCCEED/,
      details: { answer: 'SUCCEED', answeredBy: 'account:alice' }
    }
  })
  t.equal(all.sfn.calls.length, 1)
})

t.test('If-Match holds an undecided record to the version that was seen', async t => {
  const all = await startAll(t)
  const { taskToken } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken }, writers)
  const seen = (await call(`${all.url}/v1${record}`, { user: 'alice' })).headers.get('etag') ?? ''
  const stale = await answer(all, record, { answer: 'SUCCEED' }, 'alice', { 'if-match': '"1"' })
  t.match(stale, {
    status: 412,
    body: { errno: 114, details: { existing: { id: 'r1', taskToken } } }
  })
  t.equal(stale.headers.get('etag'), seen)
  t.match(await answer(all, record, { answer: 'SUCCEED' }, 'alice', { 'if-match': 'x' }), {
    status: 400
  })
  t.equal(all.sfn.calls.length, 0)
  t.match(await answer(all, record, { answer: 'SUCCEED' }, 'alice', { 'if-match': seen }), {
    status: 200
  })
  t.match(
    await answer(all, record, { answer: 'SUCCEED' }, 'alice', { 'if-match': seen }),
    { status: 200, body: { stepfunction: { outcome: 'already_applied' } } },
    "a client's own retry"
  )
})

t.test('a record of the personal bucket is known by its real name', async t => {
  const all = await startAll(t, { env: { RESOURCES: '/buckets/default' } })
  const { taskToken, executionArn } = all.sfn.waitCallback()
  const path = '/buckets/default/collections/steps'
  all.kinto.store.put(`${path}/records/r1`, { taskToken }, writers)
  for (const [user, record] of [
    [{ id: 'account:alice', bucket: 'personal' }, '/buckets/personal/collections/steps/records/r1'],
    [{ id: 'account:alice' }, `${path}/records/r1`]
  ] as const) {
    const step = record.includes('personal') ? { taskToken, executionArn } : all.sfn.waitCallback()
    for (const uri of new Set([`${path}/records/r1`, record]))
      all.kinto.store.put(uri, { taskToken: step.taskToken }, writers)
    all.kinto.fault({ method: 'GET', path: '/v1/', nth: 1 }, (_request, response) => {
      response.end(JSON.stringify({ user }))
    })
    t.match(await answer(all, `${path}/records/r1`, { answer: 'SUCCEED' }), { status: 200 })
    t.match(JSON.parse(all.sfn.execution(step.executionArn).output ?? ''), { record })
    t.match(all.kinto.store.records.get(record)?.data, { status: 'SUCCEED' })
  }
})

t.test('an answer of Kinto that is none counts as not recorded', async t => {
  const all = await startAll(t)
  const { taskToken } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken }, writers)
  all.kinto.fault({ method: 'PATCH', path: `/v1${record}`, nth: 2 }, (_request, response) => {
    response.end('<html>')
  })
  t.match(
    await answer(all, record, { answer: 'SUCCEED' }),
    { status: 200, body: { stepfunction: { outcome: 'accepted' } } },
    'and is tried again'
  )
})
