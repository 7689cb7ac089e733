import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { startService } from '../../demo/parts/service.ts'
import { combination } from '../helpers/combination.ts'
import { startKinto } from '../helpers/kinto.ts'
import { sendRaw } from '../helpers/raw.ts'
import { answer, as, collection } from '../helpers/service.ts'
import { credentials, region, startStepFunctions } from '../helpers/step-functions.ts'
import { worstInputs, type WorstInput } from './worst-inputs.ts'

t.setTimeout(900_000)

// Milliseconds. A machine that does other things meanwhile adds to it, so the best try counts.
const longestHold = 250
const longestLive = 1_000
const tries = 3

/** What an operator sees of a process. */
interface Seen {
  /** The longest time in which nothing else was done, since it was asked the last time. */
  heldMs: number
  liveMs: number
  bytes: number
}

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
    const service = await startService({
      program: [process.execPath, '--max-old-space-size=384', 'src/server.ts'],
      env: {
        STEPFUNCTION_KINTO_URL: kinto.url,
        STEPFUNCTION_AWS_REGION: region,
        STEPFUNCTION_AWS_ENDPOINT_URL: sfn.url,
        STEPFUNCTION_AWS_ACCESS_KEY: credentials.accessKeyId,
        STEPFUNCTION_AWS_SECRET_KEY: credentials.secretAccessKey,
        STEPFUNCTION_SEAL_SECRET: '5ea1'.repeat(16)
      }
    })
    t.teardown(() => service.stop())
    const before = await look(service.adminUrl)
    for (const input of worstInputs) {
      for (const times of [1, 16]) {
        const seen: Seen[] = []
        for (let tried = 0; tried < tries && !seen.some(isGood); tried++)
          seen.push(await attack(t, service, input, times))
        const best = seen.reduce((a, b) => (a.heldMs + a.liveMs < b.heldMs + b.liveMs ? a : b))
        const mebibytes = Math.round((best.bytes - before.bytes) / 1024 / 1024)
        const figures = `${best.heldMs} ms, /live ${best.liveMs} ms, ${mebibytes} MiB more`
        t.ok(isGood(best), `${input.title}, ${times} at once: ${figures}`)
      }
    }
    put()
    t.match(await answer(service, worst, { answer: 'SUCCEED' }), { status: 200 }, 'it lives')
  }
)

function isGood({ heldMs, liveMs }: Seen): boolean {
  return heldMs <= longestHold && liveMs <= longestLive
}

/** Sends an input so many times at once, and watches meanwhile. */
async function attack(
  t: Test,
  { url, adminUrl }: { url: string; adminUrl: string },
  { target, headers, wire }: WorstInput,
  times: number
): Promise<Seen> {
  await look(adminUrl)
  const head = [`${target} HTTP/1.1`, 'Host: x', `Authorization: ${as('alice')}`, ...headers]
  const request = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), wire])
  const all = Promise.all(
    Array.from({ length: times }, async () => await sendRaw(t, url, request).catch(() => undefined))
  )
  const done = all.then(() => true)
  const worst: Seen = { heldMs: 0, liveMs: 0, bytes: 0 }
  for (let isDone = false; !isDone;) {
    isDone = await Promise.race([done, sleep(100, false)])
    const seen = await look(adminUrl)
    worst.heldMs = Math.max(worst.heldMs, seen.heldMs)
    worst.liveMs = Math.max(worst.liveMs, seen.liveMs)
    worst.bytes = Math.max(worst.bytes, seen.bytes)
  }
  return worst
}

async function look(adminUrl: string): Promise<Seen> {
  const begun = performance.now()
  await (await fetch(`${adminUrl}/live`)).text()
  const liveMs = Math.round(performance.now() - begun)
  const metrics = await (await fetch(`${adminUrl}/metrics`)).text()
  const heldMs = Math.round(numberIn(metrics, 'nodejs_eventloop_lag_max_seconds') * 1_000)
  return { heldMs, liveMs, bytes: numberIn(metrics, 'process_resident_memory_bytes') }
}

function numberIn(metrics: string, name: string): number {
  const line = metrics.split('\n').find(text => text.startsWith(`${name} `))
  return Number(line?.split(' ')[1])
}
