import t, { type Test } from 'tap'
import { startService } from '../../demo/parts/service.ts'
import { combination } from '../helpers/combination.ts'
import { startKinto } from '../helpers/kinto.ts'
import { sendRaw } from '../helpers/raw.ts'
import { answer, as, collection } from '../helpers/service.ts'
import { activityArn, credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import { watch, type Seen } from './watch.ts'
import { worstInputs, type WorstInput } from './worst-inputs.ts'

t.setTimeout(900_000)

// Milliseconds. A machine that does other things meanwhile adds to it, so the best try counts.
const longestHold = 250
const longestLive = 1_000
const tries = 3

// SECURITY.md says so.
const mostMebibytes = 512

// It counts milliseconds, and sends a gigabyte.
const skip = combination.thousands ? false : 'SKIPPED: npm run matrix -- thousand sends the worst'

t.test(
  'the worst that clients can send holds up nobody, and ends no process',
  { skip },
  async t => {
    const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
    kinto.store.collections.set(collection, { write: ['account:workflow', 'account:alice'] })
    const worst = `${collection}/records/worst`
    const put = (): string => {
      const { taskToken } = sfn.waitCallback()
      kinto.store.put(worst, { taskToken }, { write: ['account:alice'] })
      return taskToken
    }
    put()
    const held = `${collection}/records/held`
    sfn.createActivity()
    sfn.scheduleActivity({ input: { record: held } })
    const service = await startService({
      program: [process.execPath, '--max-old-space-size=384', 'src/server.ts'],
      env: {
        STEPFUNCTION_KINTO_URL: kinto.url,
        STEPFUNCTION_AWS_REGION: region,
        STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
        STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
        STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey,
        STEPFUNCTION_KINTO_AUTHORIZATION: as('workflow'),
        STEPFUNCTION_ACTIVITIES: activityArn,
        STEPFUNCTION_SEAL_SECRET: '5ea1'.repeat(16)
      }
    })
    t.teardown(() => service.stop())
    const tell = watch(t, service.adminUrl)
    const before = await tell()
    const grown = ({ bytes }: Seen): number => Math.round((bytes - before.bytes) / 1024 / 1024)
    const isGood = (seen: Seen): boolean =>
      seen.heldMs <= longestHold && seen.liveMs <= longestLive && grown(seen) <= mostMebibytes
    for (const input of worstInputs) {
      for (const times of [1, 16]) {
        const seen: Seen[] = []
        for (let tried = 0; tried < tries && !seen.some(isGood); tried++) {
          await tell()
          await attack(t, service.url, input, times)
          seen.push(await tell())
        }
        const best = seen.reduce((a, b) => (a.heldMs + a.liveMs < b.heldMs + b.liveMs ? a : b))
        const figures = `${best.heldMs} ms, /live ${best.liveMs} ms, ${grown(best)} MiB more`
        t.ok(isGood(best), `${input.title}, ${times} at once: ${figures}`)
      }
    }
    put()
    t.match(await answer(service, worst, { answer: 'SUCCEED' }), { status: 200 }, 'it lives')
    kinto.store.put(held, { activityArn }, { write: ['account:alice'] })
    t.match(
      await answer(service, held, { answer: 'SUCCEED' }),
      { status: 200 },
      'and has the token that it held'
    )
  }
)

/** Sends an input so many times at once. */
async function attack(
  t: Test,
  url: string,
  { target, headers, wire }: WorstInput,
  times: number
): Promise<void> {
  const head = [`${target} HTTP/1.1`, 'Host: x', `Authorization: ${as('alice')}`, ...headers]
  const request = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), wire])
  await Promise.all(
    Array.from({ length: times }, async () => await sendRaw(t, url, request).catch(() => undefined))
  )
}
