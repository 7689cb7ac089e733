import type { Contender } from '../contenders/contenders.ts'
import { load } from '../load/load.ts'
import type { Pressure } from '../load/load.ts'
import type { Sample } from '../load/sample.ts'
import type { Workload } from '../load/workload.ts'
import { usage } from '../parts/usage.ts'

/** One measurement of one contender. */
export interface Measured extends Sample {
  /** Microseconds of CPU per request; undefined for `direct`. */
  cpu?: number
  /** MB of resident memory at the end. */
  memory?: number
}

/** By contender, one measurement for each round. */
export type Rounds = Map<Contender['name'], Measured[]>

// These have no code that is compiled at run time
const compiled = new Set<string>(['direct', 'nginx', 'haproxy'])

/** Lets the others compile the code that will be measured. */
export async function warmUp(
  contenders: readonly Contender[],
  workload: Workload,
  seconds: number
): Promise<void> {
  for (const { name, url } of contenders) {
    if (!compiled.has(name))
      await load({ url, workload, connections: workload.name === 'upload' ? 4 : 32, seconds })
  }
}

/** Measures all contenders in each round, starting with another one every time. */
export async function measureRounds(
  contenders: readonly Contender[],
  workload: Workload,
  pressure: Pressure,
  rounds: number
): Promise<Rounds> {
  const measured: Rounds = new Map(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (let place = 0; place < contenders.length; place++) {
      const contender = contenders[(place + round) % contenders.length]
      if (contender === undefined) continue
      measured.get(contender.name)?.push(await measure(contender, workload, pressure))
    }
  }
  return measured
}

async function measure(
  { url, process }: Contender,
  workload: Workload,
  pressure: Pressure
): Promise<Measured> {
  await settle(`${url}${workload.path}`, workload)
  if (process === undefined) return await load({ url, workload, ...pressure })
  const before = usage(process.pid)
  const sample = await load({ url, workload, ...pressure })
  const after = usage(process.pid)
  return { ...sample, cpu: (after.cpu - before.cpu) / sample.requests, memory: after.memory / 1e6 }
}

// A load leaves requests in the upstream's queue when it ends, and the next contender would wait
// for them. When one more request has its response they are gone.
async function settle(url: string, { method, headers, body }: Workload): Promise<void> {
  await (await fetch(url, { method, headers, ...(body !== undefined && { body }) })).arrayBuffer()
}
