import t, { type Test } from 'tap'
import { secret, startAsking } from '../../helpers/asking.ts'
import { activityArn, answer, as } from '../../helpers/service.ts'

/** A service that watches an activity, and a record whose first task was answered. */
async function startDecided(t: Test) {
  const all = await startAsking(
    t,
    {
      SEAL_SECRET: secret,
      ACTIVITIES: activityArn,
      KINTO_AUTHORIZATION: as('workflow'),
      ACTIVITY_WAIT_SECONDS: '5'
    },
    { pollMs: 1_000 }
  )
  all.sfn.createActivity()
  await all.ask(
    { id: 'mine', subject: 'Sign off?', activityArn },
    { permissions: { write: ['account:alice'] } }
  )
  const schedule = (): string =>
    all.sfn.scheduleActivity({ input: { record: all.uri('mine') } }).executionArn
  const first = schedule()
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
  t.equal(all.sfn.execution(first).status, 'SUCCEEDED')
  return { ...all, schedule, decided: all.stored('mine') }
}

t.test(
  "a status that was set back asks for the next task's token, beside the receipt of the last one",
  async t => {
    const all = await startDecided(t)
    all.change('mine', { status: 'UNANSWERED' })
    const next = all.schedule()
    all.service.begin()
    await all.kinto.store.reaches(
      all.uri('mine'),
      ({ taskToken }) => taskToken !== all.decided['taskToken']
    )
    t.equal(all.stored('mine')['answerReceipt'], all.decided['answerReceipt'])
    t.match(
      await all.state('mine', 'alice'),
      { body: { data: { state: 'pending', canAnswer: true } } },
      'that receipt says nothing of this token'
    )
    t.match(await answer(all, all.uri('mine'), { answer: 'FAIL' }), { status: 200 })
    t.equal(all.sfn.execution(next).status, 'FAILED')
  }
)

t.test('a record that is decided takes no further token', async t => {
  const all = await startDecided(t)
  const next = all.schedule()
  all.service.begin()
  t.match(await all.logged(/kept in memory/), { err: { message: /names no undecided record/ } })
  t.equal(all.stored('mine')['taskToken'], all.decided['taskToken'])
  t.equal(all.sfn.execution(next).status, 'RUNNING')
})
