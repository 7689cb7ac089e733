import { randomUUID } from 'node:crypto'
import { GetActivityTaskCommand, SendTaskFailureCommand, SFNClient } from '@aws-sdk/client-sfn'
import t, { type Test } from 'tap'
import {
  activityArn,
  answer,
  call,
  collection,
  startAll,
  startService
} from '../helpers/service.ts'
import { credentials, region, type StepFunctionsEndpoint } from '../helpers/step-functions.ts'
import { accepted, conflict, own, repeated, told, unknown, writers, type Verb } from './stage.ts'

// Each turn of an activity's step is answered for itself, and no answer counts for two.

t.jobs = 4
const parallel = { buffered: true }

const secret = { SEAL_SECRET: '5ea1'.repeat(16) }

/** A record that an activity's step asks for. The step comes round: by Retry, or as a test says. */
async function startTurns(t: Test, env: Record<string, string>, isRetried: boolean) {
  const settings = { ...env, ACTIVITY_WAIT_SECONDS: '2', AWS_TIMEOUT_SECONDS: '2' }
  const all = await startAll(t, { env: settings, pollMs: 300 })
  const { sfn, kinto } = all
  sfn.createActivity()
  const id = randomUUID()
  const uri = `${collection}/records/${id}`
  const input = { id }
  const { executionArn } = sfn.scheduleActivity({
    input,
    stayOpen: true,
    ...(isRetried && { next: end => ('error' in end ? { activityArn, input } : undefined) })
  })
  await call(`${all.url}/v1${collection}/stepfunction`, {
    method: 'POST',
    user: 'workflow',
    body: { data: { id, activityArn, executionArn, subject: 'Sign off?' }, permissions: writers }
  })
  const data = () => kinto.store.records.get(uri)?.data ?? {}
  const setBack = (fields: object): void => {
    kinto.store.put(uri, { ...data(), status: 'UNANSWERED', ...fields }, writers)
  }
  const say = async (said: Verb, user = 'alice', service: { url: string } = all) =>
    await answer(service, uri, { answer: said }, user)
  const another = async () => await startService(t, kinto, sfn, settings)
  const comesRound = (): void => void sfn.scheduleActivity({ input, executionArn })
  return { ...all, uri, data, setBack, say, another, comesRound }
}

/** An answer that another service wrote, but for the record. */
const bobs = {
  answer: 'FAIL',
  answeredBy: 'account:bob',
  answeredAt: '2026-11-29T02:00:00.000Z',
  answerId: 'bobs'
}

/** Answers the next task of the activity, as another service does. */
async function failOutside(sfn: StepFunctionsEndpoint, cause: object): Promise<void> {
  const client = new SFNClient({ region, endpoint: sfn.url, credentials })
  const { taskToken } = await client.send(new GetActivityTaskCommand({ activityArn }))
  await client.send(
    new SendTaskFailureCommand({ taskToken, error: 'no', cause: JSON.stringify(cause) })
  )
  client.destroy()
}

for (const [sealing, env] of Object.entries({ 'in clear': {}, sealed: secret })) {
  // A whole reset leaves nothing of the turn before.
  const resets = {
    'the token emptied': { taskToken: '' },
    'all emptied': { taskToken: '', answeredBy: '', answeredAt: '', answerReceipt: '' }
  }
  for (const [reset, fields] of Object.entries(resets))
    t.test(`a step that expires after a lost attempt, ${sealing}, ${reset}`, parallel, async t => {
      const all = await startTurns(t, { ...own, ...env }, false)
      const { sfn, uri, say, data } = all
      t.strictSame(told(await say('SUCCEED', 'bob')), accepted('SUCCEED', 'account:bob'))
      all.comesRound()
      all.setBack(fields)
      sfn.fault('SendTaskSuccess', 'hang before')
      const replying = say('SUCCEED')
      await sfn.called('SendTaskSuccess')
      sfn.expire(String(sfn.callsOf('SendTaskSuccess').at(-1)?.input['taskToken']))
      const reply = await replying
      t.match(reply, { status: 410, body: { message: /time for an answer has run out/ } })
      t.equal(sfn.callsOf('SendTaskSuccess').length, 3, 'turn 2 was tried twice')
      t.match(data(), { status: 'UNANSWERED' })
      const { body } = await call(`${(await all.another()).url}/v1${uri}/stepfunction`, {
        user: 'alice'
      })
      t.match(body.data, { state: 'gone', canAnswer: false }, 'no receipt says otherwise')
    })

  t.test(
    `an answer whose reply was lost, and another in the next turn, ${sealing}`,
    parallel,
    async t => {
      const all = await startTurns(t, { ...own, ...env }, false)
      const { sfn, uri, say } = all
      sfn.fault('SendTaskSuccess', 'hang after')
      const replying = say('SUCCEED')
      await sfn.called('SendTaskSuccess')
      all.comesRound()
      await failOutside(sfn, { ...bobs, record: uri })
      t.strictSame(told(await replying), accepted('SUCCEED'))
    }
  )
}

const seconds: [string, Verb, string, object][] = [
  ['the same answer', 'FAIL', 'alice', repeated('FAIL')],
  ['the same answer of another', 'FAIL', 'bob', repeated('FAIL')],
  ['the other answer', 'SUCCEED', 'alice', conflict('FAIL')]
]

for (const where of ['here', 'at another replica'])
  for (const [title, said, by, expected] of seconds)
    t.test(`Kinto refused the record of a turn, ${title}, ${where}`, parallel, async t => {
      const all = await startTurns(t, {}, true)
      const { sfn, kinto, say, data } = all
      // The first PATCH proves the right, the second one saves the token.
      kinto.fault({ method: 'PATCH', nth: 3 }, 403)
      t.match(await say('FAIL'), { status: 503, body: { details: { reported: 'yes' } } })
      const service = where === 'here' ? all : await all.another()
      t.strictSame(told(await say(said, by, service)), expected)
      t.match(data(), { status: 'FAIL', answeredBy: 'account:alice' }, 'it is shown now')

      all.setBack({})
      t.strictSame(told(await say('SUCCEED', 'bob', service)), accepted('SUCCEED', 'account:bob'))
      t.ok(
        new Set(sfn.callsOf('SendTaskFailure').map(({ input }) => input['taskToken'])).size === 1
      )
    })

type Turns = Awaited<ReturnType<typeof startTurns>>

/** Alice's answer, of which Kinto takes neither the token nor the decision. */
async function failUnrecorded(t: Test, { kinto, say }: Turns): Promise<void> {
  // The first PATCH proves the reviewer's right.
  kinto.fault({ method: 'PATCH', nth: 2 }, 400)
  kinto.fault({ method: 'PATCH', nth: 3 }, 403)
  t.match(await say('FAIL'), { status: 503, body: { details: { reported: 'yes' } } })
}

t.test('Kinto takes neither the token nor the answer of a turn', parallel, async t => {
  const all = await startTurns(t, {}, true)
  const { sfn, say, data } = all
  await failUnrecorded(t, all)
  t.equal(data()['taskToken'], undefined)
  t.strictSame(told(await say('SUCCEED', 'bob')), conflict('FAIL'))
  t.strictSame(told(await say('FAIL')), repeated('FAIL'))
  t.match(data(), { status: 'FAIL', answeredBy: 'account:alice' })
  t.equal(sfn.callsOf('SendTaskFailure').length, 1)
  all.setBack({})
  t.strictSame(told(await say('SUCCEED', 'bob')), accepted('SUCCEED', 'account:bob'))
})

t.test('Kinto took neither, and the turn after it was answered elsewhere', parallel, async t => {
  const all = await startTurns(t, {}, true)
  const { sfn, say, uri } = all
  await failUnrecorded(t, all)
  await failOutside(sfn, { ...bobs, record: uri })
  t.strictSame(told(await say('SUCCEED', 'bob')), accepted('SUCCEED', 'account:bob'), 'turn 3')
})

for (const next of ['waits', 'expires, and the one after it waits'])
  t.test(`every reply was lost, and the next turn ${next}`, parallel, async t => {
    const all = await startTurns(t, {}, true)
    const { sfn, say, data } = all
    const ends = [
      sfn.fault('SendTaskFailure', 'hang after', () => true),
      sfn.fault('GetExecutionHistory', 'hang before', () => true)
    ]
    t.strictSame(told(await say('FAIL')), unknown)
    for (const end of ends) end()
    if (next !== 'waits') {
      const client = new SFNClient({ region, endpoint: sfn.url, credentials })
      const { taskToken } = await client.send(new GetActivityTaskCommand({ activityArn }))
      client.destroy()
      sfn.expire(String(taskToken))
    }
    t.strictSame(told(await say('FAIL')), repeated('FAIL'))
    t.match(data(), { status: 'FAIL', answeredBy: 'account:alice' })
    const tokens = sfn.callsOf('SendTaskFailure').map(({ input }) => input['taskToken'])
    t.equal(new Set(tokens).size, 1, 'no answer to a later turn')
  })
