import { randomBytes } from 'node:crypto'
import { lowPort } from '../../../demo/parts/low-port.ts'
import { startService } from '../../../demo/parts/service.ts'
import type { Service } from '../../../demo/parts/service.ts'
import { activityArn, credentials, region } from '../../../test/helpers/step-functions.ts'
import { clear, emulated, ownAuthorization, steps } from './kinto.ts'
import type { ServiceName } from './outages.ts'
import { startRestartable } from './restartable.ts'
import type { Restartable } from './restartable.ts'
import { ServiceLog } from './service-log.ts'

export interface Watched {
  name: ServiceName
  /** The number of polls that it has open all the time. */
  polls: number
  process: Restartable<Service>
  log: ServiceLog
}

export interface ServicesOptions {
  /** Kinto, as each service reaches it. */
  kinto: Record<ServiceName, { url: string }>
  stepFunctions: { url: string }
  emulator: { url: string }
}

/** What the questions are sealed with, in hex. */
export const sealSecret = randomBytes(32).toString('hex')

/** Two replicas for the endpoint that behaves as AWS does, and a service for the emulator. */
export async function startServices({
  kinto,
  stepFunctions,
  emulator
}: ServicesOptions): Promise<Record<ServiceName, Watched>> {
  const startReplica = async (name: 'main' | 'replica'): Promise<Watched> =>
    await startWatched(name, 1, {
      KINTO_URL: kinto[name].url,
      RESOURCES: `${steps} ${clear}`,
      SEAL_SECRET: sealSecret,
      SEAL_REQUIRED: steps,
      AWS_ENDPOINT_URL: stepFunctions.url,
      AWS_ACCESS_KEY: credentials.accessKeyId,
      ACTIVITIES: activityArn
    })
  const [main, replica, other] = await Promise.all([
    startReplica('main'),
    startReplica('replica'),
    startWatched('emulated', 0, {
      KINTO_URL: kinto.emulated.url,
      RESOURCES: emulated,
      AWS_ENDPOINT_URL: emulator.url,
      AWS_ACCESS_KEY: '123456789012',
      // A third of it is for one attempt. On a busy machine the emulator takes more than a second.
      AWS_TIMEOUT_SECONDS: '9'
    })
  ])
  return { main, replica, emulated: other }
}

async function startWatched(
  name: ServiceName,
  polls: number,
  settings: Record<string, string>
): Promise<Watched> {
  const log = new ServiceLog()
  const all = {
    LISTEN: `127.0.0.1:${await lowPort()}`,
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
  const process = await startRestartable(async () => {
    log.begin()
    return await startService({
      // The inspector collects the garbage, so that only a leak is left to be measured
      env: { ...env, NODE_OPTIONS: '--inspect=127.0.0.1:0' },
      grace: 75_000,
      onOutput: text => {
        log.write(text)
      }
    })
  })
  return { name, polls, process, log }
}
