import { spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { peerCommand } from '../contenders/contenders.ts'
import { serviceCommand } from '../contenders/service.ts'
import { recordPath } from '../load/workload.ts'
import { cores } from '../parts/cores.ts'
import { saidUrl } from '../parts/launch.ts'
import type { Command } from '../parts/launch.ts'
import { tool } from '../parts/tools.ts'
import { usage } from '../parts/usage.ts'
import type { Table } from '../report/section.ts'
import { show, spread } from '../report/statistics.ts'
import type { Spread } from '../report/statistics.ts'

export interface StartUp {
  name: string
  /** Milliseconds from the start of the process to the end of its first proxied response. */
  time: Spread
  /** MB of resident memory a second later. */
  memory: Spread
}

const idleMs = 1_000

/** Starts the service and the bare plugin in turns. */
export async function measureStartUp(upstream: string, rounds: number): Promise<StartUp[]> {
  const commands = {
    service: serviceCommand(upstream),
    '@fastify/http-proxy': peerCommand('bare-plugin.ts', upstream)
  }
  const found = Object.entries(commands).map(([name, command]) => ({
    name,
    command,
    times: [0].slice(1),
    memories: [0].slice(1)
  }))
  for (let round = 0; round < rounds; round++) {
    for (const { command, times, memories } of found) {
      const { time, memory } = await startOnce(command)
      times.push(time)
      memories.push(memory)
    }
  }
  return found.map(({ name, times, memories }) => ({
    name,
    time: spread(times),
    memory: spread(memories)
  }))
}

export function startUpTable(found: readonly StartUp[]): Table {
  return {
    title: 'Start-up, and memory at rest',
    header: ['', 'ms to the first proxied answer', 'MB at rest'],
    rows: found.map(({ name, time, memory }) => [name, show(time), show(memory)])
  }
}

async function startOnce({ command, env }: Command): Promise<{ time: number; memory: number }> {
  const started = performance.now()
  const child = spawn(tool('taskset'), ['--cpu-list', cores.proxy, ...command], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'inherit']
  })
  try {
    let output = ''
    for await (const chunk of child.stdout) {
      output += String(chunk)
      const url = saidUrl(output)
      if (url === undefined) continue
      await (await fetch(`${url}${recordPath}`)).arrayBuffer()
      const time = performance.now() - started
      await sleep(idleMs)
      return { time, memory: usage(child.pid ?? 0).memory / 1e6 }
    }
    throw new Error(`${command.join(' ')} ended at once.`)
  } finally {
    child.kill('SIGKILL')
  }
}
