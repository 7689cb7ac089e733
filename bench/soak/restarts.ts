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
  /** Aborted when it is enough. */
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

/** Kills what stands behind the service at random, and starts it again, until it is enough. At the end all is up. */
export async function restartAll({
  stage,
  outages,
  ledger,
  random,
  seconds,
  enough
}: RestartOptions): Promise<void> {
  const { kinto, stepFunctions, emulator } = stage
  // The parts take seconds to start, so that little else would be seen in a short soak
  const longestPause = Math.min(30, seconds / 2) * 1_000
  const outagesMs = seconds < 60 ? [0, 300] : [0, 300, 1_000, 5_000]
  const restarts: [Part, (own: Random) => Promise<{ how: string; back: () => Promise<void> }>][] = [
    ['Kinto', async own => await kill(kinto, own.pick(['SIGTERM', 'SIGKILL']))],
    ['the emulator', async own => await kill(emulator, own.pick(['SIGTERM', 'SIGKILL']))],
    // In this process, for its state is looked at; to the service it is as if it were restarted
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

/** Lets a call to Step Functions go wrong now and then: a restart hits one in the middle too seldom. */
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

/** @returns false if it was enough before the time was over. */
async function pause(milliseconds: number, enough: AbortSignal): Promise<boolean> {
  return await sleep(milliseconds, true, { signal: enough }).catch(() => false)
}
