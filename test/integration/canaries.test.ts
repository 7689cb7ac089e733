import t from 'tap'
import { projectFolder } from '../../demo/parts/folder.ts'
import { startPart } from '../../demo/parts/process.ts'
import { startService } from '../../demo/parts/service.ts'
import { startKinto } from '../helpers/kinto.ts'
import { answer, as, call, collection } from '../helpers/service.ts'
import { region, startStepFunctions } from '../helpers/step-functions.ts'

const record = (name: string): string => `${collection}/records/${name}`
const writers = { write: ['account:CANARY-alice'] }

/** The secrets that stand in the output, as they are or in base64. */
function leaks(output: string, secrets: readonly string[]): string[] {
  return secrets.filter(
    secret =>
      output.includes(secret) ||
      output.includes(Buffer.from(secret).toString('base64').replace(/=+$/, ''))
  )
}

t.test('no secret is in any output', async t => {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  const service = await startService({
    env: {
      STEPFUNCTION_KINTO_URL: kinto.url,
      STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
      STEPFUNCTION_AWS_REGION: region,
      STEPFUNCTION_LOG_LEVEL: 'trace',
      STEPFUNCTION_AWS_ACCESS_KEY: 'AKIACANARY',
      STEPFUNCTION_AWS_SECRET_KEY: 'CANARY-aws-secret',
      STEPFUNCTION_KINTO_AUTHORIZATION: 'Bearer CANARY-own',
      STEPFUNCTION_KINTO_TIMEOUT_SECONDS: '1',
      STEPFUNCTION_AWS_TIMEOUT_SECONDS: '1'
    }
  })
  t.teardown(() => service.stop())
  const tokens = Array.from({ length: 6 }, () => sfn.waitCallback().taskToken)
  const secrets = [
    ...tokens,
    'CANARY-aws-secret',
    'CANARY-own',
    'CANARY-cookie',
    'CANARY-bearer',
    as('CANARY-alice').slice('Basic '.length)
  ]
  kinto.store.collections.set(collection, { write: ['account:workflow'] })
  for (const [index, taskToken] of tokens.entries())
    kinto.store.put(record(`r${index}`), { taskToken }, writers)
  const give = (name: string, headers: Record<string, string> = {}) =>
    answer(service, record(name), { answer: 'SUCCEED' }, 'CANARY-alice', {
      cookie: 'session=CANARY-cookie',
      ...headers
    })

  t.match(await give('r0'), { status: 200 })
  sfn.fault('SendTaskSuccess', { error: 'InvalidToken', message: `Invalid token: ${tokens[1]}` })
  t.match(await give('r1'), { status: 400 }, 'AWS quotes the token')
  t.match(await give('r2', { authorization: 'Bearer CANARY-bearer' }), { status: 401 })
  const refuse = kinto.fault(
    { method: 'PATCH', path: `/v1${record('r3')}`, nth: 2 },
    (_request, response) => {
      response.writeHead(400).end(JSON.stringify({ message: `${tokens[3]} is not of type` }))
    }
  )
  await give('r3')
  refuse()
  const cut = kinto.fault({ path: `/v1${record('r4')}` }, 'reset')
  t.match(await give('r4'), { status: 503 })
  cut()
  const batch = {
    requests: [
      { method: 'PATCH', path: record('r5'), body: { data: { taskToken: tokens[0] } } },
      { method: 'POST', path: `${record('r5')}/stepfunction`, body: { answer: 'NO' } }
    ]
  }
  t.match(
    await call(`${service.url}/v1/batch`, { method: 'POST', user: 'CANARY-alice', body: batch }),
    { status: 200 }
  )
  t.match(
    await call(`${service.url}/v1${record('r5')}`, {
      method: 'PATCH',
      user: 'CANARY-alice',
      body: { data: { taskToken: tokens[1] } }
    }),
    { status: 200 }
  )
  kinto.down()
  t.match(await give('r5'), { status: 503 })
  await call(`${service.url}/v1/buckets`, { user: 'CANARY-alice' })
  const wrong = startPart({
    name: 'service',
    command: process.execPath,
    args: [`${projectFolder}/src/server.ts`, 'CANARY-aws-secret'],
    env: {
      STEPFUNCTION_KINTO_AUTHORIZATION: 'CANARY-own',
      STEPFUNCTION_AWS_ACCESS_KEY: 'CANARY aws-secret'
    }
  })
  t.equal(await wrong.exited, 1)
  service.kill('SIGTERM')
  t.equal(await service.exited, 0)

  t.ok(
    service.log().includes('an answer was not taken') && service.log().includes('"level":50'),
    'there is something to search'
  )
  t.same(leaks(service.log() + wrong.log(), secrets), [])
  for (const secret of secrets) {
    const control = startPart({
      name: 'control',
      command: process.execPath,
      args: [
        '-e',
        'console.log(JSON.stringify({ msg: "on purpose", secret: process.argv[1] }))',
        secret
      ],
      env: {}
    })
    await control.exited
    t.same(leaks(control.log(), secrets), [secret], 'one that is logged on purpose is found')
  }
})
