import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { projectFolder } from '../demo/parts/folder.ts'
import { startPart } from '../demo/parts/process.ts'
import { startService } from '../demo/parts/service.ts'
import { startKinto } from './helpers/kinto.ts'
import { as, collection } from './helpers/service.ts'
import { credentials, region, startStepFunctions } from './helpers/step-functions.ts'

const settings = {
  STEPFUNCTION_AWS_REGION: region,
  STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
  STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey
}
const sealSecret = '5ea1'.repeat(16)

t.test('with an own account nothing follows, and its secret stays one', async t => {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  kinto.store.collections.set(collection, { write: ['account:service'] })
  const { promise: looked, resolve } = Promise.withResolvers<unknown>()
  kinto.fault({ method: 'PATCH', path: `/v1${collection}` }, ({ socket }, response) => {
    // The look has ended when its connection is closed.
    socket.once('close', resolve)
    response.writeHead(412).end('{"details": {"existing": {"id": "steps"}}}')
  })
  const service = await startService({
    env: {
      ...settings,
      STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
      STEPFUNCTION_KINTO_URL: kinto.url,
      STEPFUNCTION_KINTO_AUTHORIZATION: as('service'),
      STEPFUNCTION_ALLOWED_ARNS: 'arn:aws:states:us-west-2:*',
      STEPFUNCTION_SEAL_SECRET: sealSecret,
      STEPFUNCTION_SEAL_REQUIRED: '/buckets/stepfunction'
    }
  })
  t.teardown(() => service.stop())
  await looked
  service.kill('SIGINT')
  t.equal(await service.exited, 0)
  t.notMatch(service.log(), /"level":40/)
  t.notMatch(service.log(), as('service').slice('Basic '.length))
  t.notMatch(service.log(), sealSecret)
})

t.test('what an operator overlooked stands in the log, one line each', async t => {
  const kinto = await startKinto(t)
  const expected = [
    /STEPFUNCTION_SEAL_SECERT in the environment is not a setting\. Did you mean STEPFUNCTION_SEAL/,
    /There are no AWS credentials/,
    /It sees no collection in \/buckets\/stepfunction/
  ]
  const { promise: told, resolve } = Promise.withResolvers<void>()
  let log = ''
  const service = await startService({
    onOutput: text => {
      log += text
      if (expected.every(sentence => sentence.test(log))) resolve()
    },
    env: {
      STEPFUNCTION_KINTO_URL: kinto.url,
      STEPFUNCTION_KINTO_AUTHORIZATION: as('service'),
      STEPFUNCTION_SEAL_SECERT: sealSecret,
      STEPFUNCTION_PORT: 'tcp://10.0.0.7:8889',
      STEPFUNCTION_SERVICE_HOST: '10.0.0.7'
    }
  })
  t.teardown(() => service.stop())
  await told
  for (const sentence of expected)
    t.equal(log.split('\n').filter(line => sentence.test(line)).length, 1, String(sentence))
  t.match(
    log.split('\n').find(line => line.includes('SECERT')),
    /"level":40/
  )
  t.notMatch(log, /10\.0\.0\.7/)
  t.notMatch(log, sealSecret)
})

t.test('an address where it cannot listen ends the start with one line', async t => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const address = taken.address()
  const inUse = `127.0.0.1:${typeof address === 'object' ? address?.port : undefined}`
  const free = '127.0.0.1:0'
  for (const [listen, adminListen, sentence] of [
    [inUse, free, `cannot listen at ${inUse} (stepfunction.listen): a program listens there`],
    [free, inUse, `cannot listen at ${inUse} (stepfunction.admin_listen): a program listens`],
    [
      '192.0.2.1:80',
      free,
      'at 192.0.2.1:80 (stepfunction.listen): this machine has no such address'
    ]
  ] as const) {
    const part = startPart({
      name: 'service',
      command: process.execPath,
      args: [`${projectFolder}/src/server.ts`],
      env: { ...settings, STEPFUNCTION_LISTEN: listen, STEPFUNCTION_ADMIN_LISTEN: adminListen }
    })
    t.equal(await part.exited, 1)
    const lines = part
      .log()
      .split('\n')
      .filter(line => line.includes('cannot listen'))
    t.equal(lines.length, 1, part.log())
    t.ok(lines.join().includes(sentence), part.log())
    t.notMatch(part.log(), /"stack"|^ +at /m)
  }
})
