import { once } from 'node:events'
import { createServer } from 'node:net'
import t from 'tap'
import { startPart } from '../demo/parts/process.ts'
import { startService } from '../demo/parts/service.ts'
import { projectFolder } from '../demo/parts/folder.ts'
import { activityArn, answer, as, call, collection } from './helpers/service.ts'
import { startKinto } from './helpers/kinto.ts'
import { credentials, region, startStepFunctions } from './helpers/step-functions.ts'

const settings = {
  STEPFUNCTION_AWS_REGION: region,
  STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
  STEPFUNCTION_AWS_SECRET_KEY: 'canary-of-the-aws-key'
}
const sealSecret = '5ea1'.repeat(16)

t.test('the service listens, says what follows from its settings, and stops', async t => {
  const kinto = await startKinto(t)
  const service = await startService({ env: { ...settings, STEPFUNCTION_KINTO_URL: kinto.url } })
  t.teardown(() => service.stop())
  t.match(await call(`${service.adminUrl}/live`), { status: 200, body: { live: true } })
  t.match(await call(`${service.url}/v1/`), { status: 200, body: { project_name: 'kinto' } })
  t.equal(service.log().match(/listening/gi)?.length, 1, 'in one line')
  t.match(service.log(), /inherited right becomes a lasting one/)
  t.match(service.log(), /waits in the memory of this process/)
  t.notMatch(service.log(), 'canary-of-the-aws-key')
  service.kill('SIGTERM')
  t.equal(await service.exited, 0)
})

t.test('npm start passes signals on', async t => {
  // The scripts that npm runs before it would install missing parts.
  const service = await startService({
    program: ['npm', 'start', '--ignore-scripts', '--prefix', projectFolder],
    env: { ...settings, HOME: t.testdir() }
  })
  t.teardown(() => service.stop())
  service.kill('SIGTERM')
  t.equal(await service.exited, 0)
  t.match(service.log(), /"msg":"stopped"/)
})

t.test('with an own account nothing follows, and its secret stays one', async t => {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  kinto.store.collections.set(collection, { write: ['account:service'] })
  const looked = kinto.requested({ method: 'PATCH', path: `/v1${collection}` })
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

t.test('wrong settings end the start with all that is wrong', async t => {
  const part = startPart({
    name: 'service',
    command: process.execPath,
    args: [`${projectFolder}/src/server.ts`],
    env: { STEPFUNCTION_KINTO_URL: 'ftp://x', STEPFUNCTION_LISTEN: 'here' }
  })
  t.equal(await part.exited, 1)
  t.match(part.log(), /STEPFUNCTION_KINTO_URL/)
  t.match(part.log(), /STEPFUNCTION_LISTEN/)
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

t.test('a poll is open when it stops', async t => {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  sfn.createActivity()
  kinto.store.collections.set(collection, { write: ['account:alice'] })
  kinto.store.put(`${collection}/records/r1`, { activityArn })
  const start = async () => {
    const stopping = Promise.withResolvers<void>()
    const service = await startService({
      onOutput: text => {
        if (text.includes('"finishing')) stopping.resolve()
      },
      env: {
        ...settings,
        STEPFUNCTION_KINTO_URL: kinto.url,
        STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url
      }
    })
    t.teardown(() => {
      service.kill('SIGKILL')
    })
    const waiting = answer(service, `${collection}/records/r1`, { answer: 'SUCCEED' }).catch(
      () => undefined
    )
    await sfn.pollsReach(1)
    const stop = async (): Promise<void> => {
      service.kill('SIGTERM')
      await stopping.promise
    }
    return { service, waiting, stop }
  }

  await t.test(
    'it is waited for; what it brings for others is listed without its token',
    async t => {
      const { service, waiting, stop } = await start()
      await stop()
      sfn.scheduleActivity({ input: { record: `${collection}/records/elsewhere` } })
      t.equal(await service.exited, 0)
      t.match(await waiting, { status: 503 })
      t.match(
        service.log(),
        new RegExp(
          `"records":\\["${collection}/records/elsewhere"\\],"ageSeconds":\\d+,` +
            '"msg":"the token of this task is lost'
        )
      )
      t.notMatch(service.log(), 'AQB+')
      t.equal(sfn.pollsAbandoned(), 0)
    }
  )

  await t.test('a Ctrl-C that comes by two ways is one', async t => {
    const { service, stop } = await start()
    const stopped = stop()
    service.kill('SIGTERM')
    await stopped
    sfn.scheduleActivity({ input: { record: `${collection}/records/elsewhere` } })
    t.equal(await service.exited, 0)
  })

  await t.test('a second signal stops at once', async t => {
    const { service, stop } = await start()
    await stop()
    const again = setInterval(() => {
      service.kill('SIGTERM')
    }, 50)
    t.equal(await service.exited, 1)
    clearInterval(again)
  })
})
