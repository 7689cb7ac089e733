import t from 'tap'
import { answerOutside, call, collection, startAll, type Called } from '../helpers/service.ts'

const record = `${collection}/records/r1`

t.test('the state of a step, for writers and readers', async t => {
  const all = await startAll(t)
  const { kinto, sfn } = all
  kinto.store.collections.set(collection, { read: ['account:reader'], write: ['account:workflow'] })
  const state = (user?: string): Promise<Called> => call(`${all.url}/v1${record}/stepfunction`, user === undefined ? {} : { user })
  const put = (data: object) => { kinto.store.put(record, { ...data }, { write: ['account:alice'] }) }

  const step = sfn.waitCallback()
  put(step)
  t.same((await state('alice')).body, { data: { state: 'pending', canAnswer: true } })
  t.same((await state('workflow')).body, { data: { state: 'pending', canAnswer: true } }, 'an inherited right counts')
  const asked = sfn.calls.length
  t.same((await state('reader')).body, { data: { state: 'pending', canAnswer: false } })
  t.equal(sfn.calls.length, asked, 'Step Functions is asked for writers only')
  t.match(await state('eve'), { status: 403, body: { errno: 121 } })
  t.match(await state(), { status: 401 })

  put({ taskToken: 'T', status: 'FAIL', answeredBy: 'account:bob', answeredAt: 'then', comment: 'no' })
  t.same((await state('reader')).body, { data: { state: 'failed', canAnswer: false, answeredBy: 'account:bob', answeredAt: 'then', comment: 'no' } })
  put({ status: 'SUCCEED' })
  t.same((await state('alice')).body, { data: { state: 'succeeded', canAnswer: false } })

  put({ subject: 'nothing waits' })
  t.same((await state('alice')).body, { data: { state: 'pending', canAnswer: false } })

  put({ ...step, status: 'SUCCEED' })
  t.same((await state('alice')).body, { data: { state: 'pending', canAnswer: true } }, 'a status that the history does not confirm')
  const answered = sfn.waitCallback()
  put(answered)
  await answerOutside(sfn, answered.taskToken, 'by hand')
  t.match((await state('alice')).body, { data: { state: 'succeeded', canAnswer: false, answeredAt: /Z$/ } }, 'answered outside')

  sfn.stop(step.executionArn)
  put(step)
  t.same((await state('alice')).body, { data: { state: 'gone', canAnswer: false, reason: 'The workflow was stopped.' } })
  put({ ...step, status: 'SUCCEED' })
  t.match((await state('alice')).body, { data: { state: 'gone' } }, 'the history goes before the status')

  kinto.fault({ method: 'PATCH', nth: 1 }, 405)
  t.match((await state('alice')).body, { data: { canAnswer: false } }, 'a read-only Kinto takes no answer')
  kinto.fault({ method: 'PATCH', nth: 1 }, 503)
  t.match(await state('alice'), { status: 503, body: { errno: 201 } })
})

t.test('a record of the personal bucket is known by its real name', async t => {
  const all = await startAll(t, { env: { RESOURCES: '/buckets/default' } })
  const step = all.sfn.waitCallback()
  await answerOutside(all.sfn, step.taskToken, { answer: 'FAIL', answeredBy: 'account:alice', answeredAt: 'then', record: '/buckets/personal/collections/steps/records/r1', answerId: 'x' })
  all.kinto.store.put('/buckets/default/collections/steps/records/r1', { ...step }, { write: ['account:alice'] })
  all.kinto.fault({ method: 'GET', path: '/v1/' }, (_request, response) => { response.end('{"user":{"id":"account:alice","bucket":"personal"}}') })
  t.match((await call(`${all.url}/v1/buckets/default/collections/steps/records/r1/stepfunction`, { user: 'alice' })).body, { data: { state: 'failed', answeredBy: 'account:alice' } })
})
