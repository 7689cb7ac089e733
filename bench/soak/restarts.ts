import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import type { Outages, Part } from './stage/outages.ts'
import type { Stage } from './stage/stage.ts'

export interface RestartOptions {
  stage: Stage
  outages: Outages
  ledger: Ledger
  random: Random
  seconds: number
  /** Aborts when it is enough. */
  enough: AbortSignal
}

const faults = [
  'reset before',
  'reset after',
  '500 before',
  'garbled after',
  'ThrottlingException'
] as const
const operations = ['SendTaskSuccess', 'SendTaskFailure', 'GetExecutionHistory'] as const

/**
 * Kills the parts behind the service at random, and starts them again, until it is enough. At the
 * end all of them are up.
 */
export async function restartAll({
  stage,
  outages,
  ledger,
  random,
  seconds,
  enough
}: RestartOptions): Promise<void> {
  const { kinto, stepFunctions, emulator } = stage
  // The parts take seconds to start: in a short soak nothing else would happen
  const longestPause = Math.min(30, seconds / 2) * 1_000
  const outagesMs = seconds < 60 ? [0, 300] : [0, 300, 1_000, 5_000]
  const restarts: [Part, (own: Random) => Promise<{ how: string; back: () => Promise<void> }>][] = [
    ['Kinto', async own => await kill(kinto, own.pick(['SIGTERM', 'SIGKILL']))],
    ['the emulator', async own => await kill(emulator, own.pick(['SIGTERM', 'SIGKILL']))],
    // It stays in this process, because its state is checked; to the service it looks restarted
    ['Step Functions', async () => ({ how: 'away', back: await stepFunctions.goAway() })]
  ]
  await Promise.all([
    ...restarts.map(async ([part, restart]) => {
      const own = random.of(part)
      while (await pause(own.between(0.2, 1) * longestPause, enough)) {
        const over = outages.begin(part)
        const { how, back } = await restart(own)
        ledger.restart(`${part}, ${how}`)
        // Often for a moment, sometimes for longer than the service waits
        await sleep(own.pick(outagesMs))
        await back()
        over()
      }
    }),
    failCalls({ stepFunctions, outages, ledger, random: random.of('faults'), enough })
  ])
}

async function kill(
  part: { kill: (signal: NodeJS.Signals) => Promise<void>; start: () => Promise<void> },
  signal: NodeJS.Signals
): Promise<{ how: string; back: () => Promise<void> }> {
  await part.kill(signal)
  return {
    how: signal,
    back: async () => {
      await part.start()
    }
  }
}

/** Lets a call to Step Functions fail now and then: restarts too seldom hit one in the middle. */
async function failCalls({
  stepFunctions,
  outages,
  ledger,
  random,
  enough
}: Pick<RestartOptions, 'outages' | 'ledger' | 'random' | 'enough'> &
  Pick<Stage, 'stepFunctions'>): Promise<void> {
  while (await pause(random.between(200, 2_000), enough)) {
    const [operation, fault] = [random.pick(operations), random.pick(faults)]
    const over = outages.begin('Step Functions')
    const called = stepFunctions.called(operation)
    const end = stepFunctions.fault(operation, fault)
    await Promise.race([called, pause(5_000, enough)])
    end()
    over()
    ledger.restart(`Step Functions, one call: ${fault}`)
  }
}

/** @returns false if it was enough before the time was over */
async function pause(milliseconds: number, enough: AbortSignal): Promise<boolean> {
  return await sleep(milliseconds, true, { signal: enough }).catch(() => false)
}
