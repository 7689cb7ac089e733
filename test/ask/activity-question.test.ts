import t from 'tap'
import { startAsking } from '../helpers/asking.ts'
import { activityArn, answer } from '../helpers/service.ts'

t.test('a question whose token its activity brings', async t => {
  const all = await startAsking(t, { SEAL_SECRET: '5ea1'.repeat(16), ACTIVITY_WAIT_SECONDS: '5' })
  all.sfn.createActivity()
  const question = { id: 'mine', subject: 'Sign off?', activityArn }
  const first = await all.ask(question, { permissions: { write: ['account:alice'] } })
  t.match(first, { status: 201, body: { data: { id: 'mine', taskToken: /^sealed:1:/ } } })
  t.match(await all.ask(question), { status: 200, body: { data: first.body.data } })
  t.match(
    await all.ask({ ...question, subject: 'Other' }),
    { status: 200, body: { data: { subject: 'Other' } } },
    'nobody waits for it yet'
  )
  t.match(await all.ask(question), { status: 200, body: { data: { subject: 'Sign off?' } } })
  all.change('mine', { subject: 'Changed' })
  t.match(
    await all.ask(question),
    { status: 200, body: { data: { subject: 'Sign off?' } } },
    'put back'
  )
  all.change('mine', { subject: 'Changed' })
  all.sfn.scheduleActivity({ input: { record: all.uri('mine') } })
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }, 'workflow'), {
    status: 409,
    body: { details: { changed: ['subject'] } }
  })
  await all.ask(question)
  all.sfn.fault('SendTaskSuccess', 'AccessDeniedException')
  t.match(
    await answer(all, all.uri('mine'), { answer: 'SUCCEED' }, 'workflow'),
    { status: 503 },
    'its task has come'
  )
  const withToken = all.stored('mine')['taskToken']
  t.match(
    await all.ask({ ...question, subject: 'Other' }),
    { status: 409, body: { errno: 122, message: /Ask with another id/ } },
    'somebody waits for it'
  )
  all.change('mine', { subject: 'Changed' })
  t.match(
    await all.ask(question),
    { status: 200, body: { data: { subject: 'Sign off?', taskToken: withToken } } },
    'put back, with its token'
  )
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }, 'workflow'), { status: 200 })
  t.match(await all.ask(question), { status: 200, body: { data: { status: 'SUCCEED' } } })
  t.match(
    await all.ask({ ...question, subject: 'Other' }),
    { status: 409, body: { message: /Ask with another id/ } },
    'it was answered'
  )
})
