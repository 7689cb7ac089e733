import { setTimeout as sleep } from 'node:timers/promises'
import type { Part as ProcessPart } from '../../demo/parts/process.ts'
import type { Ledger } from './ledger.ts'
import type { Random } from './random.ts'
import type { Outages, Part } from './stage/outages.ts'
import type { Restartable } from './stage/restartable.ts'
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

/** How a part is restarted. */
interface Restart {
  part: Part
  ways: readonly string[]
  /** Resolves when it has ended, with its exit code and a function that starts it again. */
  end: (way: string) => Promise<{ code: number | null; back: () => Promise<void> }>
}

const signals = ['SIGTERM', 'SIGKILL'] as const
const faults = [
  'reset before',
  'reset after',
  '500 before',
  'garbled after',
  'ThrottlingException'
] as const
const operations = ['SendTaskSuccess', 'SendTaskFailure', 'GetExecutionHistory'] as const

/**
 * Ends the parts behind the services and a replica at random, and starts them again, until it is
 * enough. At the end all of them are up.
 */
export async function restartAll({
  stage,
  outages,
  ledger,
  random,
  seconds,
  enough
}: RestartOptions): Promise<void> {
  const { kinto, stepFunctions, emulator, services } = stage
  // The parts take seconds to start: in a short soak nothing else would happen
  const longestPause = Math.min(30, seconds / 2) * 1_000
  const outagesMs = seconds < 60 ? [0, 300] : [0, 300, 1_000, 5_000]
  const restarts: Restart[] = [
    { part: 'Kinto', ways: signals, end: ending(kinto) },
    { part: 'the emulator', ways: signals, end: ending(emulator) },
    { part: 'replica', ways: signals, end: ending(services.replica.process) },
    // It stays in this process, because its state is checked; to the service it looks restarted
    {
      part: 'Step Functions',
      ways: ['away'],
      end: async () => ({ code: null, back: await stepFunctions.goAway() })
    }
  ]
  await Promise.all([
    ...restarts.map(async ({ part, ways, end }) => {
      const own = random.of(part)
      while (await pause(own.between(0.2, 1) * longestPause, enough)) {
        const way = own.pick(ways)
        const inOrder = part === 'replica' && way === 'SIGTERM'
        const over = outages.begin(part, { inOrder })
        const { code, back } = await end(way)
        if (inOrder && code !== 0) ledger.violation(`${part}: it did not end in order`, { code })
        ledger.restart(`${part}, ${way}`)
        // Often for a moment, sometimes for longer than the service waits
        await sleep(own.pick(outagesMs))
        await back()
        over()
      }
    }),
    failCalls({ stepFunctions, outages, ledger, random: random.of('faults'), enough })
  ])
}

/** Ends a part with a signal. */
function ending({ end, start }: Restartable<ProcessPart>): Restart['end'] {
  return async way => ({
    code: await end(way === 'SIGKILL' ? 'SIGKILL' : 'SIGTERM'),
    back: start
  })
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
