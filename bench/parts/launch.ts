import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeRunFolder } from '../../demo/parts/folder.ts'
import { startPart } from '../../demo/parts/process.ts'
import type { Part } from '../../demo/parts/process.ts'
import { answers, untilReady } from '../../demo/parts/ready.ts'
import { tool } from './tools.ts'

export interface Command {
  /** Program and arguments. */
  command: readonly [string, ...string[]]
  env?: Readonly<Record<string, string>>
}

export interface LaunchOptions extends Command {
  name: string
  /** Cores that it may use, as taskset counts them: `0`, `1-3`. */
  cores: string
  /** Its working folder, removed when it has stopped; a new one by default. */
  folder?: string
  /** Its origin. By default its output names it: `listening http://…`, or JSON with a `url`. */
  url?: string
  /** The path whose GET must give 200 before it counts as started. */
  ready?: string
}

/** A process of the bench. Its output goes to a file, as in production, and costs us nothing. */
export interface Launched extends Part {
  pid: number
  url: string
  folder: string
}

// It prints its process id first. The two execs, here and in taskset, keep that id.
const wrapper = 'echo $$; cd "$1"; shift; exec "$@" > output.log 2>&1'

/** Starts a program on its cores; resolves when it responds. */
export async function launch({
  name,
  command,
  cores,
  env = {},
  folder = makeRunFolder('bench'),
  url,
  ready
}: LaunchOptions): Promise<Launched> {
  const started = startPart({
    name,
    command: 'sh',
    args: ['-c', wrapper, 'sh', folder, tool('taskset'), '--cpu-list', cores, ...command],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    folder
  })
  const output = (): string => read(join(folder, 'output.log'))
  const part: Part = { ...started, log: () => started.log() + output() }
  const pid = await untilReady(part, () => /^\d+\n/.exec(started.log())?.[0])
  const origin = url ?? (await untilReady(part, () => saidUrl(output())))
  if (ready !== undefined) await untilReady(part, () => answers(`${origin}${ready}`))
  return { ...part, pid: Number(pid), url: origin, folder }
}

/** The URL that a program prints when it listens. */
export function saidUrl(output: string): string | undefined {
  return /(?:listening|Serving on|"url":) ?"?(http:[^\s",]+)/.exec(output)?.[1]
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
