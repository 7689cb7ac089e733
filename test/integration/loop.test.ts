import t from 'tap'
import { lowPort } from '../../demo/parts/low-port.ts'
import { startService } from '../../demo/parts/service.ts'
import { run } from '../check/run.ts'
import { startKinto } from '../helpers/kinto.ts'
import { answer, as, call, collection } from '../helpers/service.ts'
import { region, startStepFunctions } from '../helpers/step-functions.ts'

const record = `${collection}/records/r1`
const sentence = /stepfunction\.kinto_url leads to this service itself, or to another copy of it/

t.test('a service that leads to itself, or to another copy, goes round no loop', async t => {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  const env = {
    STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
    STEPFUNCTION_AWS_REGION: region,
    STEPFUNCTION_AWS_ACCESS_KEY: 'AKID',
    STEPFUNCTION_AWS_SECRET_KEY: 'x',
    STEPFUNCTION_KINTO_AUTHORIZATION: as('service')
  }
  const copy = await startService({ env: { ...env, STEPFUNCTION_KINTO_URL: kinto.url } })
  t.teardown(() => copy.stop())
  const own = await lowPort()

  for (const [title, settings] of [
    [
      'itself',
      { STEPFUNCTION_KINTO_URL: `http://127.0.0.1:${own}`, STEPFUNCTION_LISTEN: `127.0.0.1:${own}` }
    ],
    ['another copy', { STEPFUNCTION_KINTO_URL: copy.url }]
  ] as const) {
    await t.test(title, async t => {
      const told = Promise.withResolvers<void>()
      const service = await startService({
        env: { ...env, ...settings },
        onOutput: text => {
          if (/"level":40[^\n]*kinto_url leads to/.test(text)) told.resolve()
        }
      })
      t.teardown(() => service.stop())
      await told.promise
      t.pass('the log says so at the start')

      for (const [what, asked] of [
        ['a plain request', call(`${service.url}/v1${record}`, { user: 'alice' })],
        ['a write', call(`${service.url}/v1${record}`, { method: 'PUT', user: 'alice', body: {} })],
        ['the root view', call(`${service.url}/v1/`)],
        ['an answer', answer(service, record, { answer: 'SUCCEED' })]
      ] as const)
        t.match(
          await asked,
          { status: 508, body: { code: 508, error: 'Loop Detected', message: sentence } },
          what
        )
      t.match(await call(`${service.adminUrl}/ready`), {
        status: 503,
        body: { ready: false, reasons: [sentence] }
      })
      const checked = await run({ ...env, STEPFUNCTION_KINTO_URL: service.url }, '--check')
      t.equal(checked.code, 1)
      t.match(checked.text, /^wrong +stepfunction\.kinto_url leads to this service/m)
      t.notMatch(checked.text, /Python plugin/)
      const lines = service.log().match(/"msg":"stepfunction\.kinto_url leads to/g)?.length ?? 0
      t.ok(lines < 20, `${lines} lines: none for each turn of a loop`)
    })
  }
  t.equal(
    kinto.requests.filter(({ url }) => url === `/v1${record}`).length,
    0,
    'nothing of it reached Kinto'
  )
})
