import t from 'tap'
import { answer, collection, startAll } from '../helpers/service.ts'

const record = `${collection}/records/r1`
const writers = { write: ['account:alice'] }

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
      { status: 410, body: { message: /may have been answered elsewhere, it may have expired/ } }
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
