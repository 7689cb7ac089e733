import { once } from 'node:events'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { answer, call, collection, startAll, startService } from '../helpers/service.ts'
import { startKinto } from '../helpers/kinto.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
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
    [
      'another copy of the service is there',
      () => [200, '{"capabilities": {"stepfunction": {"resources": []}}}'],
      /leads to this service itself, or to another copy/
    ],
    ['one that refuses', () => [508, '{}'], /leads to this service itself, or to another copy/],
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
    body: { reasons: [/^There are no AWS credentials: set aws_access_key/] }
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
