import { randomBytes } from 'node:crypto'
import t from 'tap'
import { needsParts } from '../helpers/real.ts'
import { answer, call, collection, stateMachineArn } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
import { startStage } from './stage.ts'

const secret = randomBytes(32).toString('hex')

t.test('a question is asked, sealed and answered', needsParts('asking'), async t => {
  const sfn = await startStepFunctions(t)
  const { kinto, service } = await startStage(t, sfn, { env: { SEAL_SECRET: secret } })
  const { taskToken, executionArn } = sfn.waitCallback()
  const ask = (
    data: object,
    permissions: object = { write: ['account:alice'] },
    user = 'workflow'
  ) =>
    call(`${service.url}/v1${collection}/stepfunction`, {
      method: 'POST',
      user,
      body: { data, permissions }
    })
  const question = { subject: 'Sign off?', amount: 1000.0, taskToken, stateMachineArn }
  const created = await ask(question)
  t.match(created, {
    status: 201,
    body: {
      data: { subject: 'Sign off?', taskToken: /^sealed:1:/ },
      stepfunction: { answer: /stepfunction$/ }
    }
  })
  t.strictSame(created.body.permissions.write.toSorted(), ['account:alice', 'account:workflow'])
  const { id } = created.body.data
  const uri = `${collection}/records/${id}`
  t.match(await ask(question), { status: 200, body: { data: created.body.data } })
  t.match(
    await ask({ ...question, subject: 'Other' }),
    { status: 200, body: { data: created.body.data } },
    'one token has one question, the first'
  )
  const patch = (data: object, user = 'alice') =>
    call(`${kinto.url}/v1${uri}`, { method: 'PATCH', user, body: { data } })
  t.match(await call(`${service.url}/v1${uri}/stepfunction`, { user: 'alice' }), {
    body: { data: { state: 'pending', canAnswer: true } }
  })
  await patch({ subject: 'Changed', amount: 1 })
  t.match(await call(`${service.url}/v1${uri}/stepfunction`, { user: 'alice' }), {
    body: {
      data: {
        state: 'pending',
        canAnswer: false,
        obstacle: 'changed',
        changed: ['amount', 'subject']
      }
    }
  })
  t.match(await answer(service, uri, { answer: 'SUCCEED' }), {
    status: 409,
    body: { errno: 122, details: { changed: ['amount', 'subject'] } }
  })
  t.match(await ask({ ...question, subject: 'Other' }), {
    status: 409,
    body: { details: { changed: ['amount', 'subject'] } }
  })
  t.match(
    await ask(question),
    { status: 200, body: { data: { subject: 'Sign off?' } } },
    'put back'
  )
  await patch({ status: 'SUCCEED', answeredBy: 'account:bob' })
  t.match(await call(`${service.url}/v1${uri}/stepfunction`, { user: 'alice' }), {
    body: { data: { state: 'pending', canAnswer: true } }
  })
  await call(`${kinto.url}/v1${collection}/records/mine`, {
    method: 'PUT',
    user: 'alice',
    body: { data: { subject: 'x', taskToken: created.body.data.taskToken } }
  })
  t.match(await answer(service, `${collection}/records/mine`, { answer: 'SUCCEED' }), {
    status: 400,
    body: { details: [{ name: 'taskToken' }] }
  })
  const answered = await answer(service, uri, { answer: 'SUCCEED', comment: 'fine' })
  t.match(answered, {
    status: 200,
    body: {
      data: { status: 'SUCCEED', answerReceipt: /^receipt:1:/ },
      stepfunction: { outcome: 'accepted' }
    }
  })
  t.equal(sfn.execution(executionArn).status, 'SUCCEEDED')
  const calls = sfn.calls.length
  await patch({ subject: 'Changed', answeredBy: 'account:bob', status: 'FAIL' })
  t.match(await call(`${service.url}/v1${uri}/stepfunction`, { user: 'alice' }), {
    body: {
      data: {
        state: 'succeeded',
        proof: 'receipt',
        answeredBy: 'account:alice',
        comment: 'fine',
        changed: ['subject']
      }
    }
  })
  t.match(await answer(service, uri, { answer: 'SUCCEED' }), {
    status: 200,
    body: { stepfunction: { outcome: 'already_applied', answeredBy: 'account:alice' } }
  })
  t.match(await answer(service, uri, { answer: 'FAIL' }, 'bob'), {
    status: 409,
    body: { details: { answer: 'SUCCEED', answeredBy: 'account:alice' } }
  })
  t.equal(sfn.calls.length, calls, 'nothing more was asked of AWS')
  t.match(await ask({ ...question, __permissions__: {} }), { status: 400 })
  t.match(await ask({ ...question, n: 1e300 }), { status: 400, body: { details: [{ name: 'n' }] } })
})
