import { startEmulator } from '../../../demo/parts/emulator.ts'
import type { Emulator } from '../../../demo/parts/emulator.ts'
import { lowPort } from '../../../demo/parts/low-port.ts'
import { startService } from '../../../demo/parts/service.ts'
import type { Service } from '../../../demo/parts/service.ts'
import {
  activityArn,
  credentials,
  region,
  startStepFunctions
} from '../../../test/helpers/step-functions.ts'
import type { StepFunctionsEndpoint } from '../../../test/helpers/step-functions.ts'
import { emulated, ownAuthorization, startRestartableKinto, steps } from './kinto.ts'
import type { RestartableKinto } from './kinto.ts'
import { ServiceLog } from './service-log.ts'

/**
 * Two services on one Kinto. The service with the emulator shows what happens when an endpoint
 * forgets everything. But the emulator takes both of two simultaneous answers, and keeps nothing
 * across a restart, so it cannot tell how a question was decided. So most questions go to the
 * endpoint of the tests, which takes one answer, as AWS does, and forgets none.
 */
export interface Stage {
  kinto: RestartableKinto
  stepFunctions: StepFunctionsEndpoint
  emulator: RestartableEmulator
  services: { main: Watched; emulated: Watched }
  stop: () => Promise<void>
}

export interface Watched {
  name: string
  /** The number of polls that it has open all the time. */
  polls: number
  process: Service
  log: ServiceLog
}

interface RestartableEmulator {
  url: string
  kill: (signal: NodeJS.Signals) => Promise<void>
  start: () => Promise<void>
}

// AWS holds a poll for a minute: every stop would take that long
const pollMs = 4_000

const closing: (() => unknown)[] = []

/** Starts everything. */
export async function setStage(): Promise<Stage> {
  const [kinto, emulator, port] = await Promise.all([
    startRestartableKinto(),
    startRestartableEmulator(),
    lowPort()
  ])
  const stepFunctions = await startStepFunctions(
    {
      teardown: close => {
        closing.push(close)
      }
    },
    { pollMs, port }
  )
  stepFunctions.createActivity()
  const [main, other] = await Promise.all([
    startWatched('main', 1, {
      KINTO_URL: kinto.url,
      RESOURCES: steps,
      AWS_ENDPOINT_URL: stepFunctions.url,
      AWS_ACCESS_KEY: credentials.accessKeyId,
      ACTIVITIES: activityArn
    }),
    startWatched('emulated', 0, {
      KINTO_URL: kinto.url,
      RESOURCES: emulated,
      AWS_ENDPOINT_URL: emulator.url,
      AWS_ACCESS_KEY: '123456789012',
      // A third of it is for one attempt. On a busy machine the emulator takes more than a second.
      AWS_TIMEOUT_SECONDS: '9'
    })
  ])
  return {
    kinto,
    stepFunctions,
    emulator,
    services: { main, emulated: other },
    async stop() {
      await Promise.all([kinto.stop(), emulator.stop()])
      for (const close of closing.splice(0)) await close()
    }
  }
}

async function startWatched(
  name: string,
  polls: number,
  settings: Record<string, string>
): Promise<Watched> {
  const log = new ServiceLog()
  const all = {
    KINTO_AUTHORIZATION: ownAuthorization,
    AWS_REGION: region,
    AWS_SECRET_KEY: credentials.secretAccessKey,
    // Shorter than the longest outages, so that some answers fail
    AWS_TIMEOUT_SECONDS: '3',
    ACTIVITY_WAIT_SECONDS: '5',
    ...settings
  }
  const env = Object.fromEntries(
    Object.entries(all).map(([key, value]) => [`STEPFUNCTION_${key}`, value])
  )
  // The inspector collects the garbage, so that only a leak is left to be measured
  const service = await startService({
    env: { ...env, NODE_OPTIONS: '--inspect=127.0.0.1:0' },
    grace: 75_000,
    onOutput: text => {
      log.write(text)
    }
  })
  return { name, polls, process: service, log }
}

async function startRestartableEmulator(): Promise<
  RestartableEmulator & { stop: () => Promise<void> }
> {
  const port = await lowPort()
  let part: Emulator = await startEmulator({ port })
  return {
    url: part.url,
    async kill(signal) {
      part.kill(signal)
      await part.exited
    },
    async start() {
      part = await startEmulator({ port })
    },
    stop: async () => {
      await part.stop()
    }
  }
}
