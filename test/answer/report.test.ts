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
      body: { message: /goes on/ }
    })
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
