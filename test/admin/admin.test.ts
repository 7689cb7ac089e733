import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import {
  activityArn,
  answer,
  call,
  collection,
  startAll,
  startService
} from '../helpers/service.ts'
import { startKinto } from '../helpers/kinto.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
import { sendRaw } from '../helpers/raw.ts'
import { selfSigned } from '../helpers/tls.ts'

const record = `${collection}/records/r1`
const writers = { write: ['account:alice'] }

t.test('ready while Kinto answers and there are credentials', async t => {
  const all = await startAll(t)
  const before = all.kinto.requests.length
  const states = await Promise.all(Array.from({ length: 20 }, () => call(`${all.adminUrl}/ready`)))
  t.ok(states.every(({ status }) => status === 200))
  t.match(states[0]?.body, { ready: true, reasons: [] })
  t.equal(all.kinto.requests.length, before + 1, 'who asks at the same time shares a look')
  t.equal(all.sfn.calls.length, 0)
})

t.test('not ready', async t => {
  const rows: [
    title: string,
    respond: (url: string) => [status: number, body: string],
    reason: RegExp
  ][] = [
    [
      'Kinto has the Python plugin',
      () => [200, '{"capabilities": {"stepfunction": {}}}'],
      /Python plugin/
    ],
    ['Kinto fails', () => [503, '{}'], /503/]
  ]
  for (const [title, respond, reason] of rows) {
    const kinto = await startKinto(t, ({ url = '' }, response) => {
      const [status, body] = respond(url)
      response.writeHead(status).end(body)
    })
    const { adminUrl } = await startService(t, kinto, await startStepFunctions(t))
    t.match(
      await call(`${adminUrl}/ready`),
      { status: 503, body: { ready: false, reasons: [reason] } },
      title
    )
  }
  const all = await startAll(t)
  all.kinto.down()
  t.match(await call(`${all.adminUrl}/ready`), {
    status: 503,
    body: { reasons: ['Kinto cannot be reached.'] }
  })
  t.match(await call(`${all.adminUrl}/live`), { status: 200, body: { live: true } })
})

t.test('another version of the API, and what is no root view, are no reason', async t => {
  for (const body of ['{"code": 404}', '<html>', '[]', '{"capabilities": []}']) {
    const kinto = await startKinto(t, (_request, response) => {
      response.writeHead(404).end(body)
    })
    const { adminUrl } = await startService(t, kinto, await startStepFunctions(t))
    t.match(await call(`${adminUrl}/ready`), { status: 200 })
  }
})

t.test('a Kinto whose certificate is from an authority of the settings', async t => {
  const certificate = selfSigned('127.0.0.1')
  const server = createServer(certificate, (_request, response) => {
    response.end('{}')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const kinto = { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}` }
  const { adminUrl } = await startService(t, kinto, await startStepFunctions(t), {
    KINTO_CA: `${t.testdir({ 'ca.pem': certificate.cert })}/ca.pem`
  })
  t.match(await call(`${adminUrl}/ready`), { status: 200 })
})

t.test('without AWS credentials', async t => {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  const saved = { ...process.env }
  t.teardown(() => {
    process.env = saved
  })
  process.env = {
    PATH: saved['PATH'],
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: '/none',
    AWS_SHARED_CREDENTIALS_FILE: '/none'
  }
  const { adminUrl } = await startService(t, kinto, sfn, { AWS_ACCESS_KEY: '', AWS_SECRET_KEY: '' })
  t.match(await call(`${adminUrl}/ready`), {
    status: 503,
    body: { reasons: ['There are no AWS credentials.'] }
  })
})

t.test('not ready from the moment on that the service stops, and until it has', async t => {
  const all = await startAll(t)
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, writers)
  const { promise: held, resolve: goOn } = Promise.withResolvers<void>()
  all.kinto.fault({ method: 'GET', path: `/v1${record}` }, held)
  const asked = all.kinto.requested({ path: `/v1${record}` })
  const waiting = answer(all, record, { answer: 'SUCCEED' })
  await asked
  const stopped = all.service.stop()
  t.match(await call(`${all.adminUrl}/ready`), { status: 503, body: { reasons: [/stopping/] } })
  goOn()
  t.match(await waiting, { status: 200 })
  await stopped
})

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
  t.match(text, /tokens_held_oldest_seconds 0\.\d/)
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
