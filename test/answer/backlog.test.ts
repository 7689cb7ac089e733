import t from 'tap'
import { probe, type ScriptedKinto } from '../helpers/kinto.ts'
import {
  activityArn,
  answer,
  answerOutside,
  as,
  collection,
  startAll,
  stateMachineArn
} from '../helpers/service.ts'

// Each test waits until its request has given up. Side by side they wait once.
t.jobs = 4
const parallel = { buffered: true }

const record = `${collection}/records/r1`
const path = `/v1${record}`
const writers = { write: ['account:alice'] }

/**
 * Lets Kinto take no update of the record.
 * @returns a function that ends it
 */
function takesNoUpdate(kinto: ScriptedKinto): () => void {
  return kinto.fault({ method: 'PATCH', path }, (request, response, received) => {
    if (request.headers['if-match'] === probe) kinto.respond(request, response, received)
    else response.writeHead(503).end('{}')
  })
}

/** A service with an account. Its Kinto takes no update of the record until `back` is called. */
async function startAway(t: Parameters<typeof startAll>[0]) {
  const all = await startAll(t, { env: { KINTO_AUTHORIZATION: as('workflow') } })
  const { taskToken, executionArn } = all.sfn.waitCallback()
  all.kinto.store.put(record, { taskToken }, writers)
  const back = takesNoUpdate(all.kinto)
  const lost = await answer(all, record, { answer: 'SUCCEED', comment: 'fine' })
  return {
    ...all,
    taskToken,
    executionArn,
    lost,
    back,
    data: () => all.kinto.store.records.get(record)?.data ?? {}
  }
}

t.test('an answer that could not be recorded is recorded when Kinto is back', parallel, async t => {
  const all = await startAway(t)
  t.match(all.lost, { status: 503, body: { details: { reported: 'yes' } } })
  t.equal(all.data()['status'], undefined)
  all.back()
  await all.logged('an answer was recorded after its request')
  t.match(all.data(), { status: 'SUCCEED', answeredBy: 'account:alice', comment: 'fine' })
  t.equal(all.sfn.calls.length, 1)
})

t.test('it is tried until Kinto is back', parallel, async t => {
  const all = await startAway(t)
  await all.kinto.requested({ method: 'PATCH', path })
  all.back()
  await all.logged('an answer was recorded after its request')
  t.match(all.data(), { status: 'SUCCEED', answeredBy: 'account:alice' })
})

t.test('a record that has gone on to another question is left alone', parallel, async t => {
  const all = await startAway(t)
  all.kinto.store.put(record, { taskToken: 'another', status: 'UNANSWERED' }, writers)
  all.back()
  await all.service.stop()
  t.match(all.data(), { taskToken: 'another', status: 'UNANSWERED' })
  t.notOk(all.log.some(({ msg }) => String(msg).includes('is not recorded in Kinto')))
})

t.test(
  'a process that stops tries a last time, and says what it could not record',
  parallel,
  async t => {
    const all = await startAway(t)
    t.match(
      await answer(all, record, { answer: 'SUCCEED' }),
      { status: 503 },
      'asked again, it waits once'
    )
    await all.service.stop()
    t.match(await all.logged('an answer that Step Functions took is not recorded in Kinto'), {
      record,
      answer: 'SUCCEED',
      answeredBy: 'account:alice'
    })
    t.equal(all.log.filter(({ msg }) => String(msg).includes('is not recorded in Kinto')).length, 1)
    t.notMatch(JSON.stringify(all.log), all.taskToken)
  }
)

t.test('a refusal ends it', parallel, async t => {
  const all = await startAway(t)
  all.kinto.store.records.delete(record)
  all.back()
  const { err } = await all.logged('an answer that Step Functions took is not recorded in Kinto')
  t.match(err, { message: /Kinto answered 40\d/ })
})

t.test('a repeated request that records it is enough', parallel, async t => {
  const all = await startAway(t)
  all.back()
  t.match(await answer(all, record, { answer: 'SUCCEED' }), {
    status: 200,
    body: { stepfunction: { outcome: 'already_applied' } }
  })
  await all.service.stop()
  t.match(all.data(), { status: 'SUCCEED', answeredBy: 'account:alice' })
  t.notOk(all.log.some(({ msg }) => String(msg).includes('is not recorded in Kinto')))
})

t.test('a Kinto that is silent does not hold up a process that stops', parallel, async t => {
  const all = await startAway(t)
  all.kinto.fault({ method: 'GET', path }, 'hang')
  const looked = all.kinto.nextRequest()
  await looked
  await all.service.stop()
  t.match(await all.logged('an answer that Step Functions took is not recorded in Kinto'), {
    err: { message: /silent/ }
  })
})

t.test('a record without a token that asks something else, or was set back', parallel, async t => {
  for (const fields of [{ subject: 'Another?' }, { status: 'UNANSWERED' }]) {
    const all = await startAll(t, { env: { KINTO_AUTHORIZATION: as('workflow') } })
    const { taskToken, executionArn } = all.sfn.waitCallback({ input: { record }, stayOpen: true })
    await answerOutside(all.sfn, taskToken, {})
    const data = { executionArn, stateMachineArn, activityArn, subject: 'Sign off?' }
    all.kinto.store.put(record, { ...data, status: 'FAIL' }, writers)
    all.kinto.fault({ method: 'PATCH', path, nth: 2 }, (request, response, received) => {
      all.kinto.store.put(record, { ...data, status: 'FAIL', ...fields }, writers)
      all.kinto.respond(request, response, received)
    })
    t.match(await answer(all, record, { answer: 'SUCCEED' }), {
      status: 200,
      body: { data: { status: 'FAIL', ...fields } }
    })
    await all.service.stop()
    t.match(all.kinto.store.records.get(record)?.data, { status: 'FAIL', ...fields })
  }
})

t.test('an answer that the history tells of a record without a token', parallel, async t => {
  const all = await startAll(t, { env: { KINTO_AUTHORIZATION: as('workflow') } })
  const { taskToken, executionArn } = all.sfn.waitCallback({ input: { record }, stayOpen: true })
  await answerOutside(all.sfn, taskToken, {})
  all.kinto.store.put(
    record,
    { executionArn, stateMachineArn, activityArn, status: 'FAIL' },
    writers
  )
  const back = takesNoUpdate(all.kinto)
  t.match(await answer(all, record, { answer: 'SUCCEED' }), {
    status: 503,
    body: { details: { reported: 'yes' } }
  })
  back()
  await all.logged('an answer was recorded after its request')
  t.match(all.kinto.store.records.get(record)?.data, { status: 'SUCCEED' })
})
