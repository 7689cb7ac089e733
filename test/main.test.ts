import t from 'tap'
import { startPart } from '../demo/parts/process.ts'
import { startService } from '../demo/parts/service.ts'
import { projectFolder } from '../demo/parts/folder.ts'
import { activityArn, answer, call, collection } from './helpers/service.ts'
import { startKinto } from './helpers/kinto.ts'
import { credentials, region, startStepFunctions } from './helpers/step-functions.ts'

const settings = {
  STEPFUNCTION_AWS_REGION: region,
  STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
  STEPFUNCTION_AWS_SECRET_KEY: 'canary-of-the-aws-key'
}

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
    // The system makes one of two that are the same.
    service.kill('SIGINT')
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
