import t from 'tap'
import { watch } from '../../attack/watch.ts'
import { combination } from '../../helpers/combination.ts'
import { realService } from '../../helpers/real.ts'
import { as, call } from '../../helpers/service.ts'
import { credentials, region } from '../../helpers/step-functions.ts'
import { at, startWorld } from './world.ts'

t.setTimeout(300_000)

// Kinto has to be installed for it, and it counts milliseconds and memory.
const skip = combination.thousands ? false : 'SKIPPED: npm run matrix -- thousand looks at 15 MiB'
const longestHold = 250
const mostMebibytes = 512
const tries = 3
const users = ['alice', 'bob', 'member', 'nobody']

t.test('64 looks at 15 MiB each', { skip }, async t => {
  const { kinto, sfn, record } = await startWorld(t)
  const service = await realService(t, {
    program: [process.execPath, '--max-old-space-size=384', 'src/server.ts'],
    env: {
      STEPFUNCTION_KINTO_URL: kinto.url,
      STEPFUNCTION_KINTO_AUTHORIZATION: as('workflow'),
      STEPFUNCTION_AWS_REGION: region,
      STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
      STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
      STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey
    }
  })
  const inbox = (user: string) => call(`${service.url}/v1/stepfunction/inbox`, { user })
  for (const user of users) await inbox(user)
  const tell = watch(t, service.adminUrl)
  const { bytes } = await tell()
  for (const [title, choices] of [
    ['text', 'x'.repeat(1024 * 1024)],
    ['values', Array.from({ length: 19_000 }, () => 'x'.repeat(50))]
  ] as const) {
    for (let index = 0; index < 15; index++)
      await record(at('a', `r${index}`), { choices }, { read: ['system.Authenticated'] })
    let best = Infinity
    for (let tried = 0; tried < tries && best > longestHold; tried++) {
      await tell()
      const looks = users.flatMap(user => Array.from({ length: 16 }, () => inbox(user)))
      for (const { status, body } of await Promise.all(looks))
        t.strictSame([status, body.data.length], [200, 15])
      const seen = await tell()
      const grown = Math.round((seen.bytes - bytes) / 1024 / 1024)
      t.ok(grown <= mostMebibytes, `${title}: ${grown} MiB more`)
      best = Math.min(best, seen.heldMs)
    }
    t.ok(best <= longestHold, `${title}: held for ${best} ms`)
  }
})
