import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { secret, startAsking } from '../helpers/asking.ts'
import { activityArn, answer, as } from '../helpers/service.ts'

/**
 * Two questions that were asked with one id, one after the other. A workflow waits for the second
 * one: the input of its task holds the response to that.
 */
async function startTwice(t: Test, env: Record<string, string> = {}) {
  const all = await startAsking(
    t,
    { SEAL_SECRET: secret, ACTIVITY_WAIT_SECONDS: '3', ...env },
    { pollMs: 1_000 }
  )
  all.sfn.createActivity()
  const id = randomUUID()
  const permissions = { write: ['account:alice'] }
  const first = await all.ask({ id, subject: 'Deploy to test', activityArn }, { permissions })
  const second = await all.ask(
    { id, subject: 'Deploy to production', activityArn },
    { permissions }
  )
  const { executionArn } = all.sfn.scheduleActivity({
    input: { posted: JSON.stringify(second.body) }
  })
  const put = (data: object): void => {
    all.kinto.store.put(all.uri(id), { ...data }, permissions)
  }
  const status = (): string => all.sfn.execution(executionArn).status
  return { ...all, id, first: first.body.data, second: second.body.data, put, status }
}

t.test(
  'a task is for the question that its workflow asked, and for no other one of its record',
  async t => {
    const all = await startTwice(t)
    for (const [title, data] of [
      ['an older one', all.first],
      ['one without a seal', { subject: 'Deploy to test', activityArn }]
    ] as const) {
      all.put(data)
      t.match(
        await answer(all, all.uri(all.id), { answer: 'SUCCEED' }),
        { status: 409, body: { message: /is not the one that its workflow asked/ } },
        title
      )
      t.equal(all.status(), 'RUNNING')
    }
    all.put(all.second)
    t.match(await answer(all, all.uri(all.id), { answer: 'SUCCEED' }), { status: 200 }, 'put back')
    t.equal(all.status(), 'SUCCEEDED')
  }
)

t.test('nor is its token saved there ahead', async t => {
  const all = await startTwice(t, { ACTIVITIES: activityArn, KINTO_AUTHORIZATION: as('workflow') })
  all.put(all.first)
  all.service.begin()
  await all.logged(/kept in memory/)
  t.match(all.stored(all.id), { subject: 'Deploy to test', taskToken: all.first.taskToken })
  all.put(all.second)
  await all.kinto.store.reaches(
    all.uri(all.id),
    ({ taskToken }) => taskToken !== all.second.taskToken
  )
  t.match(await answer(all, all.uri(all.id), { answer: 'SUCCEED' }), { status: 200 })
})

t.test('the same question, asked anew since, is the same', async t => {
  const all = await startTwice(t)
  all.put({ ...all.second, taskToken: 'sealed:1:AAAA' })
  const again = await all.ask(
    { id: all.id, subject: 'Deploy to production', activityArn },
    { permissions: { write: ['account:alice'] } }
  )
  t.not(again.body.data.taskToken, all.second.taskToken)
  t.match(await answer(all, all.uri(all.id), { answer: 'FAIL' }), { status: 200 })
})

t.test('without a secret what is sealed in a task says nothing', async t => {
  const all = await startAsking(t, { ACTIVITY_WAIT_SECONDS: '3' }, { pollMs: 1_000 })
  all.sfn.createActivity()
  all.kinto.store.put(
    all.uri('mine'),
    { subject: 'Deploy to test', activityArn },
    { write: ['account:alice'] }
  )
  const { executionArn } = all.sfn.scheduleActivity({
    input: { record: all.uri('mine'), taskToken: 'sealed:1:AAAA' }
  })
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
  t.equal(all.sfn.execution(executionArn).status, 'SUCCEEDED')
})
