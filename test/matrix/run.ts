import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { partsFolder, projectFolder } from '../../demo/parts/folder.ts'
import type { Combination } from './combinations.ts'

interface Ran {
  passed: boolean
  /** The counts of tap. */
  counts: string
  seconds: number
  /** The file with all output, relative to the project's folder. */
  log: string
}

// PostgreSQL takes twice as long as memory.
const timeoutSeconds = 900

/** Runs the tests of a combination. As with CI, they fail where parts are missing. */
export async function runTests({ name, env, files }: Combination): Promise<Ran> {
  const folder = join(partsFolder, 'matrix')
  mkdirSync(folder, { recursive: true })
  const log = join(folder, `${name.replaceAll(/\W+/g, '-')}.log`)
  const output = openSync(log, 'w')
  const tap = join(projectFolder, 'node_modules', '.bin', 'tap')
  const args = [
    tap,
    '--disable-coverage',
    '--reporter=tap',
    `--timeout=${timeoutSeconds}`,
    ...files
  ]
  const started = performance.now()
  const child = spawn(process.execPath, args, {
    cwd: projectFolder,
    env: { ...process.env, ...unset, ...env, CI: 'true' },
    stdio: ['ignore', output, output]
  })
  const [code] = await once(child, 'close')
  closeSync(output)
  // The last line of this kind counts all files: `# { total: 18, pass: 17, fail: 1 }`
  const counts = readFileSync(log, 'utf8')
    .match(/^# \{ total: .*\}$/gm)
    ?.at(-1)
    ?.slice(4, -2)
  return {
    passed: code === 0 && counts !== undefined,
    counts: counts ?? 'nothing was run to the end',
    seconds: Math.round((performance.now() - started) / 1_000),
    log: relative(projectFolder, log)
  }
}

// Values that the shell has set would count where the combination leaves these open.
const unset = { TEST_KINTO_VERSION: '', TEST_KINTO_SERVER: '', TEST_THOUSANDS: '' }
