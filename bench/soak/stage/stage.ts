import { startEmulator } from '../../../demo/parts/emulator.ts'
import type { Emulator } from '../../../demo/parts/emulator.ts'
import type { Kinto } from '../../../demo/parts/kinto.ts'
import { lowPort } from '../../../demo/parts/low-port.ts'
import { startStepFunctions } from '../../../test/helpers/step-functions.ts'
import type { StepFunctionsEndpoint } from '../../../test/helpers/step-functions.ts'
import type { Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import { startHastyProxy } from './hasty-proxy.ts'
import { startRestartableKinto } from './kinto.ts'
import type { ServiceName } from './outages.ts'
import { startRestartable } from './restartable.ts'
import type { Restartable } from './restartable.ts'
import { startServices } from './services.ts'
import type { Watched } from './services.ts'
import { startStorage } from './storage.ts'

/**
 * Three services on one Kinto. Two are replicas: one is never restarted, so that a leak shows, and
 * its connections to Kinto close unannounced; the other one reaches Kinto straight. The service
 * with the emulator shows what happens when an endpoint forgets everything. But the emulator takes
 * both of two simultaneous answers, and keeps nothing across a restart, so it cannot tell how a
 * question was decided. So most questions go to the endpoint of the tests, which takes one answer,
 * as AWS does, and forgets none.
 */
export interface Stage {
  /** Where Kinto keeps its data. */
  storage: string
  kinto: Restartable<Kinto>
  stepFunctions: StepFunctionsEndpoint
  emulator: Restartable<Emulator>
  services: Record<ServiceName, Watched>
  stop: () => Promise<void>
}

// AWS holds a poll for a minute: every stop would take that long
const pollMs = 4_000

const closing: (() => unknown)[] = []

/** Starts everything. */
export async function setStage(random: Random, ledger: Ledger): Promise<Stage> {
  const [{ storage, kinto }, emulator, port] = await Promise.all([
    startKinto(),
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
  const straight = { url: kinto.part.url }
  const proxy = await startHastyProxy(straight, random.of('proxy'), when => {
    ledger.close(when)
  })
  const services = await startServices({
    kinto: { main: proxy, replica: straight, emulated: straight },
    stepFunctions,
    emulator: emulator.part
  })
  return {
    storage: storage.name,
    kinto,
    stepFunctions,
    emulator,
    services,
    async stop() {
      const parts = [...Object.values(services).map(({ process }) => process), kinto, emulator]
      await Promise.all(parts.map(async part => await part.end('SIGTERM')))
      await Promise.all([proxy.stop(), storage.stop()])
      for (const close of closing.splice(0)) await close()
    }
  }
}

async function startKinto() {
  const storage = await startStorage()
  return { storage, kinto: await startRestartableKinto(storage) }
}

async function startRestartableEmulator(): Promise<Restartable<Emulator>> {
  const port = await lowPort()
  return await startRestartable(async () => await startEmulator({ port }))
}
