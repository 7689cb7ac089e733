import t, { type Test } from 'tap'
import { activityArn, answer, as, collection, startAll } from '../helpers/service.ts'

const record = `${collection}/records/r1`
const cameRound = { status: 409, body: { errno: 122, message: /asked again while/ } }

/** An answer that waits for the task of its record's activity. `put` writes the record anew. */
async function startWaiting(t: Test) {
  const all = await startAll(t, {
    env: { ACTIVITY_WAIT_SECONDS: '5', KINTO_AUTHORIZATION: as('workflow') },
    pollMs: 1_000
  })
  all.sfn.createActivity()
  const put = (fields: object = {}): void => {
    all.kinto.store.put(record, { activityArn, ...fields }, { write: ['account:alice'] })
  }
  put()
  const polled = all.sfn.pollsReach(1)
  const waiting = answer(all, record, { answer: 'SUCCEED' })
  await polled
  /**
   * Lets the activity's task come.
   * @returns its execution
   */
  const come = (): string => all.sfn.scheduleActivity({ input: { record } }).executionArn
  const saving = (first: () => void): void => {
    let isFirst = true
    all.kinto.fault({ method: 'PATCH' }, (request, response, received) => {
      if (isFirst && String(received.body).includes('taskToken')) {
        isFirst = false
        first()
      }
      all.kinto.respond(request, response, received)
    })
  }
  return {
    ...all,
    put,
    waiting,
    come,
    saving,
    stored: () => all.kinto.store.records.get(record)?.data ?? {}
  }
}

t.test(
  'another step waits in the record when the task comes: its token stays, and nothing is reported',
  async t => {
    const all = await startWaiting(t)
    const other = all.sfn.waitCallback()
    all.put({ taskToken: other.taskToken })
    const executionArn = all.come()
    t.match(await all.waiting, cameRound)
    t.equal(all.stored()['taskToken'], other.taskToken)
    t.equal(all.sfn.execution(executionArn).status, 'RUNNING')
    t.equal(all.sfn.execution(other.executionArn).status, 'RUNNING')
    t.match(
      await answer(all, record, { answer: 'SUCCEED' }),
      { status: 200 },
      'answered again, it is for that step'
    )
    t.equal(all.sfn.execution(other.executionArn).status, 'SUCCEEDED')
    t.equal(all.sfn.execution(executionArn).status, 'RUNNING')
  }
)

t.test(
  'what comes into the record while the token is saved is not written over where it cannot be read',
  async t => {
    const all = await startWaiting(t)
    all.saving(() => {
      all.put({ taskToken: 'sealed:1:AAAA' })
    })
    const executionArn = all.come()
    t.match(await all.waiting, cameRound)
    t.equal(all.stored()['taskToken'], 'sealed:1:AAAA')
    t.equal(all.sfn.execution(executionArn).status, 'RUNNING')
    all.put()
    t.match(await answer(all, record, { answer: 'SUCCEED' }), { status: 200 }, 'the task was kept')
    t.equal(all.sfn.execution(executionArn).status, 'SUCCEEDED')
  }
)
