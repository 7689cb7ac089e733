import { spawn } from 'node:child_process'
import { guard } from './guard.ts'

export interface PartOptions {
  /** For messages: `kinto`. */
  name: string
  command: string
  args: readonly string[]
  /** The whole environment: nothing is inherited, so no AWS setting of the shell slips in. */
  env: Readonly<Record<string, string>>
  /** Removed when the part has stopped. */
  folder?: string
  /** Its working folder; ours by default. */
  cwd?: string
  /** The signal that asks it to end; SIGTERM by default. */
  stopSignal?: NodeJS.Signals
  /** Milliseconds between that and SIGKILL; 6,000 by default. */
  grace?: number
  onOutput?: (text: string) => void
}

/** A running child process. */
export interface Part {
  name: string
  /** The id of its first process; undefined if that did not start. */
  pid: number | undefined
  /** The last MiB that it wrote, both streams. */
  log: () => string
  /** Exit code, or null after a signal. */
  exited: Promise<number | null>
  kill: (signal: NodeJS.Signals) => void
  /**
   * Asks it to end; after the grace period sends SIGKILL to it and its children. Resolves when all
   * are gone. May be called again.
   */
  stop: () => Promise<void>
}

const running = new Set<Part>()
const logLimit = 2 ** 20

// The tests measure the coverage of such processes, and V8 does so less precisely for code from a
// compile cache: https://nodejs.org/api/module.html#module-compile-cache
const testEnvironment = process.env['TAP'] === undefined ? {} : { NODE_DISABLE_COMPILE_CACHE: '1' }

/**
 * Starts a command in a process group of its own, so that Ctrl-C in a terminal reaches only us.
 * The group never outlives this process.
 */
export function startPart({
  name,
  command,
  args,
  env,
  folder,
  cwd,
  stopSignal = 'SIGTERM',
  grace = 6_000,
  onOutput
}: PartOptions): Part {
  const child = spawn(command, args, {
    env: { ...testEnvironment, ...env },
    ...(cwd !== undefined && { cwd }),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text = (text + chunk).slice(-logLimit)
      onOutput?.(chunk)
    })
  }
  const release = child.pid === undefined ? undefined : guard(child.pid, folder)
  const exited = new Promise<number | null>(resolve => {
    child.once('error', error => {
      text += `${name} did not start: ${error.message}\n`
      resolve(null)
    })
    child.once('close', code => {
      resolve(code)
    })
  })
  // Children that it leaves behind may keep its streams open, and 'close' would wait for them
  child.once('exit', () => {
    release?.()
  })
  const part: Part = {
    name,
    pid: child.pid,
    log: () => text,
    exited,
    kill: signal => {
      child.kill(signal)
    },
    stop: async () => {
      child.kill(stopSignal)
      const timer = setTimeout(() => {
        release?.()
      }, grace)
      await exited
      clearTimeout(timer)
    }
  }
  running.add(part)
  void exited.then(() => running.delete(part))
  return part
}

/** Stops all parts, the last started first. */
export async function stopParts(): Promise<void> {
  for (const part of [...running].toReversed()) await part.stop()
}
