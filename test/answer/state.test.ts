import t from 'tap'
import { answerOutside, call, collection, startAll, type Called } from '../helpers/service.ts'

const record = `${collection}/records/r1`

const choices = [
  { label: 'Approve', answer: 'SUCCEED' },
  { label: 'Reject', answer: 'FAIL' }
]
const answered = { obstacle: 'answered', reason: 'This step was already answered.' }
const unconfirmed =
  'The record says SUCCEED, but nothing shows that it was reported, so it takes no answer. ' +
  "If its step still waits, the people who run the workflow have to set the record's status " +
  'back to UNANSWERED.'
const readsOnly = {
  obstacle: 'permission',
  reason: 'You may read this record, but you need write permission on it to answer.'
}

t.test('the state of a step, for writers and readers', async t => {
  const all = await startAll(t)
  const { kinto, sfn } = all
  kinto.store.collections.set(collection, { read: ['account:reader'], write: ['account:workflow'] })
  const state = (user?: string): Promise<Called> =>
    call(`${all.url}/v1${record}/stepfunction`, user === undefined ? {} : { user })
  const put = (data: object) => {
    kinto.store.put(record, { ...data }, { write: ['account:alice'] })
  }
  /** The whole body of the response: the state, and the question with its version. */
  const said = (state: object, question: object = {}): object => {
    const version = Number(JSON.stringify(kinto.store.records.get(record)?.data['last_modified']))
    return {
      data: {
        ...state,
        choices,
        record: { id: 'r1', last_modified: version, ...question },
        version
      }
    }
  }

  const step = sfn.waitCallback()
  const { executionArn } = step
  put({ ...step, subject: 'Sign off?' })
  t.same(
    (await state('alice')).body,
    said({ state: 'pending', canAnswer: true }, { executionArn, subject: 'Sign off?' })
  )
  t.same(
    (await state('workflow')).body,
    said({ state: 'pending', canAnswer: true }, { executionArn, subject: 'Sign off?' }),
    'an inherited right counts'
  )
  const asked = sfn.calls.length
  t.same(
    (await state('reader')).body,
    said(
      { state: 'pending', canAnswer: false, ...readsOnly },
      { executionArn, subject: 'Sign off?' }
    )
  )
  t.equal(sfn.calls.length, asked, 'Step Functions is asked for writers only')
  t.match(await state('eve'), { status: 403, body: { errno: 121 } })
  t.match(await state(), { status: 401 })

  put({
    taskToken: 'T',
    status: 'FAIL',
    answeredBy: 'account:bob',
    answeredAt: 'then',
    comment: 'no'
  })
  t.same(
    (await state('reader')).body,
    said({
      state: 'failed',
      canAnswer: false,
      answeredBy: 'account:bob',
      answeredAt: 'then',
      comment: 'no',
      proof: 'record',
      ...readsOnly
    })
  )
  put({ status: 'SUCCEED' })
  t.same(
    (await state('alice')).body,
    said({
      state: 'succeeded',
      canAnswer: false,
      proof: 'record',
      ...answered,
      reason: unconfirmed
    })
  )

  put({ subject: 'nothing waits' })
  t.same(
    (await state('alice')).body,
    said(
      {
        state: 'pending',
        canAnswer: false,
        obstacle: 'record',
        reason: 'There is neither a taskToken nor an activityArn, so nothing waits for an answer.'
      },
      { subject: 'nothing waits' }
    )
  )

  put({ ...step, status: 'SUCCEED' })
  t.same(
    (await state('alice')).body,
    said({ state: 'pending', canAnswer: true }, { executionArn }),
    'a status that the history does not confirm'
  )
  const outside = sfn.waitCallback()
  put(outside)
  await answerOutside(sfn, outside.taskToken, 'by hand')
  t.match(
    (await state('alice')).body,
    {
      data: {
        state: 'succeeded',
        canAnswer: false,
        answeredAt: /Z$/,
        proof: 'history',
        ...answered
      }
    },
    'answered outside'
  )

  const inClear = sfn.waitCallback()
  for (const [told, canAnswer] of [
    ['pending', true],
    ['succeeded', false]
  ] as const) {
    put({ taskToken: inClear.taskToken, status: 'SUCCEED' })
    t.match(
      (await state('alice')).body,
      { data: { state: told, canAnswer } },
      'without a history a token that is alive goes before the status'
    )
    if (canAnswer) sfn.expire(inClear.taskToken)
  }

  sfn.stop(step.executionArn)
  put(step)
  t.same(
    (await state('alice')).body,
    said(
      { state: 'gone', canAnswer: false, obstacle: 'over', reason: 'The workflow was stopped.' },
      { executionArn }
    )
  )
  put({ ...step, status: 'SUCCEED' })
  t.match(
    (await state('alice')).body,
    { data: { state: 'gone' } },
    'the history goes before the status'
  )

  kinto.fault({ method: 'PATCH', nth: 1 }, 405)
  t.match(
    (await state('alice')).body,
    { data: { canAnswer: false, ...readsOnly } },
    'a read-only Kinto takes no answer'
  )
  kinto.fault({ method: 'PATCH', nth: 1 }, 503)
  t.match(await state('alice'), { status: 503, body: { errno: 201 } })
})

t.test('a record of the personal bucket is known by its real name', async t => {
  const all = await startAll(t, { env: { RESOURCES: '/buckets/default' } })
  const step = all.sfn.waitCallback()
  await answerOutside(all.sfn, step.taskToken, {
    answer: 'FAIL',
    answeredBy: 'account:alice',
    answeredAt: 'then',
    record: '/buckets/personal/collections/steps/records/r1',
    answerId: 'x'
  })
  all.kinto.store.put(
    '/buckets/default/collections/steps/records/r1',
    { ...step },
    { write: ['account:alice'] }
  )
  all.kinto.fault({ method: 'GET', path: '/v1/' }, (_request, response) => {
    response.end('{"user":{"id":"account:alice","bucket":"personal"}}')
  })
  t.match(
    (
      await call(`${all.url}/v1/buckets/default/collections/steps/records/r1/stepfunction`, {
        user: 'alice'
      })
    ).body,
    { data: { state: 'failed', answeredBy: 'account:alice' } }
  )
})
