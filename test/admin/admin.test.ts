import t from 'tap'
import { activityArn, answer, call, collection, startAll } from '../helpers/service.ts'
import { sendRaw } from '../helpers/raw.ts'

const record = `${collection}/records/r1`
const writers = { write: ['account:alice'] }

t.test('metrics', async t => {
  const all = await startAll(t)
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  await answer(all, record, { answer: 'SUCCEED' })
  await answer(all, record, { answer: 'SUCCEED' })
  await answer(all, record, { answer: 'FAIL' })
  const { taskToken } = all.sfn.waitCallback()
  all.sfn.expire(taskToken)
  all.kinto.store.put(`${collection}/records/r2`, { taskToken }, writers)
  await answer(all, `${collection}/records/r2`, { answer: 'FAIL' })
  all.kinto.fault({ path: `/v1${record}` }, 503)
  await answer(all, record, { answer: 'FAIL' })
  await call(`${all.url}/v1/buckets`)
  await call(`${all.url}/v1/buckets`)
  await call(`${all.url}/v1/`)
  await call(`${all.url}/v1/batch`, { method: 'POST', body: { requests: [] } })
  await sendRaw(t, all.url, 'PROPFIND /v1/buckets HTTP/1.1\r\nHost: k\r\nConnection: close\r\n\r\n')
  const { text, headers } = await call(`${all.adminUrl}/metrics`)
  t.match(headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  const expected = [
    'requests_total{route="relayed",method="GET",status="404"} 2',
    'requests_total{route="relayed",method="other",status="404"} 1',
    'requests_total{route="announced",method="GET",status="200"} 1',
    'requests_total{route="batch",method="POST",status="200"} 1',
    'requests_total{route="answer",method="POST",status="200"} 2',
    'requests_total{route="answer",method="POST",status="409"} 1',
    'answers_total{outcome="accepted"} 1',
    'answers_total{outcome="already_applied"} 1',
    'answers_total{outcome="refused"} 2',
    'answers_total{outcome="failed"} 1',
    'aws_call_seconds_count{operation="SendTaskSuccess",result="ok"} 1',
    'polls_open 0',
    'tokens_held 0',
    'tokens_held_oldest_seconds 0',
    'requests_in_flight 0'
  ]
  for (const line of expected) t.ok(text.includes(`kinto_stepfunction_${line}\n`), line)
  t.match(text, /kinto_stepfunction_upstream_seconds_count \d\d/)
  t.match(text, /aws_call_seconds_count\{operation="SendTaskFailure",result="TaskTimedOut"\} \d/)
  t.match(text, /^process_resident_memory_bytes /m)
})

t.test('what is held', async t => {
  const all = await startAll(t)
  all.sfn.createActivity()
  all.kinto.store.put(record, { activityArn }, writers)
  const polled = all.sfn.called('GetActivityTask')
  const waiting = answer(all, record, { answer: 'SUCCEED' })
  await polled
  t.match((await call(`${all.adminUrl}/metrics`)).text, /polls_open 1\n/)
  all.sfn.scheduleActivity({
    input: { record: '/buckets/stepfunction/collections/steps/records/other' }
  })
  all.sfn.scheduleActivity({ input: { record } })
  t.match(await waiting, { status: 200 })
  const { text } = await call(`${all.adminUrl}/metrics`)
  t.match(text, /tokens_held 1\n/)
  t.match(text, /tokens_held_oldest_seconds \d+\.\d/)
})

t.test('requests are found in both logs by one id', async t => {
  const all = await startAll(t)
  const ids = async (headers: Record<string, string>): Promise<unknown> => {
    await call(`${all.url}/v1/buckets`, { headers })
    const sent = all.kinto.requests.at(-1)?.rawHeaders ?? []
    return sent[sent.findIndex(name => name.toLowerCase() === 'x-request-id') + 1]
  }
  t.equal(await ids({ 'x-request-id': 'mine 1' }), 'mine 1', "a client's goes as it came")
  t.match(await ids({}), /^[\da-f-]{36}$/)
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  await answer(all, record, { answer: 'NO' }, 'alice', { 'x-request-id': 'mine-2' })
  t.match(await all.logged('an answer was not taken'), { reqId: 'mine-2', status: 400 })
  await answer(all, record, { answer: 'SUCCEED' }, 'alice', { 'x-request-id': 'mine 3' })
  t.match(await all.logged('answered'), {
    reqId: /^[\da-f-]{36}$/,
    outcome: 'accepted',
    answeredBy: 'account:alice',
    ms: Number
  })
  all.kinto.down()
  await call(`${all.url}/v1/buckets`, { headers: { 'x-request-id': 'mine-4' } })
  t.match(await all.logged(/Kinto cannot be reached/), { reqId: 'mine-4', level: 50 })
})
