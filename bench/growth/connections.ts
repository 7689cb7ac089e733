import { startContenders } from '../contenders/contenders.ts'
import { load } from '../load/load.ts'
import { recordPath, workloads } from '../load/workload.ts'
import { peakMemory } from '../parts/usage.ts'
import type { Plan } from '../plan.ts'
import type { Plot } from '../report/svg.ts'
import { watched } from './watched.ts'

const rate = 1_024

/** Measures the most resident memory while connections send 1,024 requests/s together. */
export async function measureConnections(
  upstream: string,
  { quick, seconds }: Plan
): Promise<Plot> {
  const workload = workloads('Basic', '').GET
  const lines: { name: string; values: number[] }[] = []
  // More than 1,000 would need a higher limit of open files on most machines
  const counts = quick ? [1, 128, 512] : [1, 64, 128, 256, 512]
  for (const { name, url, process } of await startContenders(
    watched(quick),
    upstream,
    recordPath
  )) {
    if (process === undefined) continue
    const values: number[] = []
    await load({ url, workload, connections: 1, seconds: Math.max(1, seconds), rate })
    for (const connections of counts) {
      values.push(
        (await peakMemory(
          process.pid,
          async () =>
            await load({ url, workload, connections, seconds: Math.max(1, seconds), rate })
        )) / 1e6
      )
    }
    lines.push({ name, values })
    await process.stop()
  }
  return {
    name: 'memory-connections',
    title: `Memory with open connections, at ${rate} requests/s`,
    x: 'connections',
    y: 'MB',
    marks: counts.map(String),
    lines
  }
}
