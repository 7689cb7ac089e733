import t from 'tap'
import { answer, answerOutside, call, collection, startAll } from '../helpers/service.ts'

const record = `${collection}/records/r1`
const writers = { write: ['account:alice'] }

t.test('a dead token with a history to read', async t => {
  const all = await startAll(t)
  const { sfn, kinto } = all
  const put = (step: { taskToken: string; executionArn: string }) => {
    kinto.store.put(record, { ...step }, writers)
  }

  await t.test('answered through another replica', async t => {
    const step = sfn.waitCallback()
    const result = {
      message: 'fine',
      answer: 'SUCCEED',
      answeredBy: 'account:bob',
      answeredAt: '2026-11-22T10:00:00.000Z',
      record,
      version: 1,
      answerId: 'x'
    }
    await answerOutside(sfn, step.taskToken, result)
    put(step)
    const same = await answer(all, record, { answer: 'SUCCEED' })
    t.match(same, {
      status: 200,
      body: {
        data: { status: 'SUCCEED', answeredBy: 'account:bob' },
        stepfunction: { outcome: 'already_applied', answeredBy: 'account:bob' }
      }
    })
    t.match(await answer(all, record, { answer: 'FAIL' }), {
      status: 409,
      body: { details: { answer: 'SUCCEED', answeredBy: 'account:bob' } }
    })
  })

  await t.test('answered differently: the record is made to show it', async t => {
    const step = sfn.waitCallback()
    await answerOutside(sfn, step.taskToken, {
      answer: 'SUCCEED',
      answeredBy: 'account:bob',
      answeredAt: 'then',
      record,
      answerId: 'x'
    })
    put(step)
    t.match(await answer(all, record, { answer: 'FAIL' }), { status: 409 })
    t.match(kinto.store.records.get(record)?.data, { status: 'SUCCEED', answeredBy: 'account:bob' })
  })

  await t.test('answered outside of this service', async t => {
    const step = sfn.waitCallback()
    await answerOutside(sfn, step.taskToken, 'by hand')
    put(step)
    const { status, body } = await answer(all, record, { answer: 'FAIL' })
    t.match(
      { status, body },
      {
        status: 409,
        body: {
          message: /somebody outside this service said SUCCEED/,
          details: { answer: 'SUCCEED' }
        }
      }
    )
  })

  await t.test('expired', async t => {
    const step = sfn.waitCallback({ stayOpen: true })
    sfn.expire(step.taskToken)
    put(step)
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 410,
      body: { errno: 111, message: /time for an answer has run out/ }
    })
    t.equal(kinto.store.records.get(record)?.data['status'], undefined)
  })

  await t.test('stopped', async t => {
    const step = sfn.waitCallback()
    sfn.stop(step.executionArn)
    put(step)
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 410,
      body: { message: /was stopped/ }
    })
    t.match(await call(`${all.url}/v1${record}/stepfunction`, { user: 'alice' }), {
      status: 200,
      body: { data: { state: 'gone', canAnswer: false, reason: /was stopped/ } }
    })
  })

  await t.test('expired, after another step that somebody answered', async t => {
    const legal = sfn.waitCallback({ stayOpen: true })
    await answerOutside(sfn, legal.taskToken, { legal: 'ok' })
    const { taskToken } = sfn.waitCallback({ executionArn: legal.executionArn })
    sfn.expire(taskToken)
    put({ taskToken, executionArn: legal.executionArn })
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 410,
      body: { message: /time for an answer has run out/ }
    })
  })

  await t.test('a retried step has a new token', async t => {
    const step = sfn.waitCallback({
      next: () => ({ parameters: (taskToken: string) => ({ taskToken }) })
    })
    sfn.expire(step.taskToken)
    put(step)
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 410,
      body: { message: /runs on/ }
    })
  })
})

t.test('a dead token without a history', async t => {
  const all = await startAll(t)
  const { sfn, kinto } = all
  const dead = (): string => {
    const { taskToken } = sfn.waitCallback()
    sfn.expire(taskToken)
    return taskToken
  }

  await t.test('the record says it', async t => {
    kinto.store.put(
      record,
      { taskToken: dead(), status: 'SUCCEED', answeredBy: 'account:bob' },
      writers
    )
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 200,
      body: { stepfunction: { outcome: 'already_applied', answeredBy: 'account:bob' } }
    })
  })

  await t.test('the record says it, but not when or by whom', async t => {
    kinto.store.put(record, { taskToken: dead(), status: 'SUCCEED' }, writers)
    t.match(await answer(all, record, { answer: 'FAIL' }), {
      status: 409,
      body: {
        message: 'This step was already answered: somebody outside this service said SUCCEED.'
      }
    })
  })

  await t.test('another replica is about to write it', async t => {
    kinto.store.put(record, { taskToken: dead() }, writers)
    kinto.fault({ method: 'GET', path: `/v1${record}`, nth: 3 }, (_request, response) => {
      Object.assign(kinto.store.records.get(record)?.data ?? {}, {
        status: 'FAIL',
        answeredBy: 'account:bob'
      })
      response.writeHead(200).end(JSON.stringify({ data: kinto.store.records.get(record)?.data }))
    })
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 409,
      body: { details: { answer: 'FAIL', answeredBy: 'account:bob' } }
    })
  })

  await t.test('nothing is known, and that is said', async t => {
    kinto.store.put(record, { taskToken: dead() }, writers)
    const { status, body } = await answer(all, record, { answer: 'SUCCEED' })
    t.match(
      { status, body },
      { status: 410, body: { message: /may have been answered elsewhere, have expired/ } }
    )
    const calls = sfn.calls.length
    t.match(await answer(all, record, { answer: 'SUCCEED' }), { status: 410 })
    t.equal(sfn.calls.length, calls, 'who asks behind is told the same without further questions')
  })

  await t.test('a history that this service may not read counts as none', async t => {
    const step = sfn.waitCallback()
    sfn.expire(step.taskToken)
    kinto.store.put(record, { ...step, status: 'FAIL' }, writers)
    sfn.fault('GetExecutionHistory', 'AccessDeniedException')
    t.match(await answer(all, record, { answer: 'FAIL' }), {
      status: 200,
      body: { stepfunction: { outcome: 'already_applied' } }
    })
    t.ok(all.log.some(({ msg }) => String(msg).includes('history could not be read')))
  })
})

t.test('a lost reply', async t => {
  const all = await startAll(t, { env: { AWS_TIMEOUT_SECONDS: '1' } })
  const { sfn, kinto } = all

  await t.test("another turn's answer is not this one's", async t => {
    const first = sfn.waitCallback({ stayOpen: true })
    await answerOutside(sfn, first.taskToken, {
      answer: 'SUCCEED',
      answeredBy: 'account:alice',
      answeredAt: 'then',
      record,
      answerId: 'first'
    })
    const { taskToken } = sfn.waitCallback({
      executionArn: first.executionArn,
      parameters: () => ({})
    })
    kinto.store.put(record, { taskToken, executionArn: first.executionArn }, writers)
    const end = sfn.fault('SendTaskSuccess', 'hang before', () => true)
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 503,
      body: { details: { reported: 'unknown' } }
    })
    end()
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 200,
      body: { stepfunction: { outcome: 'accepted' } }
    })
  })
})
