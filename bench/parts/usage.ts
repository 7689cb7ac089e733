import { readdirSync, readFileSync } from 'node:fs'

/** The CPU time and memory of a process and its children. */
export interface Usage {
  /** Microseconds of CPU so far. */
  cpu: number
  /** Bytes of resident memory now. */
  memory: number
}

/**
 * Reads /proc of a process and its descendants. Threads that have ended are not counted, but no
 * measured process ends any.
 */
export function usage(pid: number): Usage {
  const own = readdirSync(`/proc/${pid}/task`).map(thread => `/proc/${pid}/task/${thread}`)
  const children = own
    .flatMap(thread => text(`${thread}/children`).split(' ').filter(Boolean))
    .map(child => usage(Number(child)))
  const resident = Number(/VmRSS:\s+(\d+) kB/.exec(text(`/proc/${pid}/status`))?.[1] ?? 0) * 1024
  return {
    cpu: sum([...own.map(runtime), ...children.map(child => child.cpu)]),
    memory: sum([resident, ...children.map(child => child.memory)])
  }
}

/** The most memory that a process had at one time during `work`, sampled every 20 ms. */
export async function peakMemory(pid: number, work: () => Promise<unknown>): Promise<number> {
  let peak = usage(pid).memory
  const timer = setInterval(() => {
    peak = Math.max(peak, usage(pid).memory)
  }, 20)
  try {
    await work()
  } finally {
    clearInterval(timer)
  }
  return Math.max(peak, usage(pid).memory)
}

// schedstat counts nanoseconds, for short runs; /proc/PID/stat counts hundredths of a second
function runtime(thread: string): number {
  return Number(text(`${thread}/schedstat`).split(' ')[0]) / 1_000
}

function text(file: string): string {
  return readFileSync(file, 'utf8').trim()
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
