import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { partsFolder } from './folder.ts'

const run = promisify(execFile)

/** A virtual environment below the folder of the parts. */
export interface Environment {
  /** The name of its folder. */
  name: string
  /** For messages: `Kinto and the emulator`. */
  holds: string
  /** The file that lists its packages, then the files that this one refers to. */
  requirements: readonly [string, ...string[]]
}

const parts: Environment = {
  name: 'venv',
  holds: 'Kinto and the emulator',
  requirements: [join(import.meta.dirname, 'requirements.txt')]
}
const candidates = [
  'python3',
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
  'python'
]
const probe = 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))'

/**
 * Kinto and the emulator cannot be installed on this machine. The message says what is missing, and
 * what to do.
 */
export class PartsMissing extends Error {
  readonly code = 'PARTS_MISSING'
  override readonly name = 'PartsMissing'
}

/**
 * The Python that has Kinto and the emulator. The first call installs them (some 20 s, 180 MB) from
 * the package index that pip is configured for; later calls read one file. Processes that call it
 * at the same time wait for one installation.
 * @throws PartsMissing without Python >= 3.10, its venv module, or a package index
 */
export async function ensurePython(): Promise<string> {
  return await ensureEnvironment(parts)
}

/** As ensurePython(), for any environment. */
export async function ensureEnvironment(environment: Environment): Promise<string> {
  if (!isInstalled(environment)) await install(await findPython(), environment)
  return pythonOf(environment)
}

/** True if ensurePython() has nothing left to install. */
export function hasParts(): boolean {
  return isInstalled(parts)
}

function isInstalled(environment: Environment): boolean {
  const file = join(partsFolder, environment.name, 'stamp')
  // The link to the Python that made the environment dangles when that Python is removed
  return (
    existsSync(pythonOf(environment)) &&
    existsSync(file) &&
    readFileSync(file, 'utf8') === stamp(environment)
  )
}

function pythonOf({ name }: Environment): string {
  return join(partsFolder, name, 'bin', 'python')
}

/** A digest of the requirements: it tells whether they have changed since the installation. */
export function stamp({ requirements }: Pick<Environment, 'requirements'>): string {
  return createHash('sha256')
    .update(Buffer.concat(requirements.map(file => readFileSync(file))))
    .digest('hex')
}

async function findPython(): Promise<string> {
  const chosen = process.env['PYTHON']
  for (const candidate of chosen === undefined ? candidates : [chosen]) {
    if (await works(candidate)) return candidate
  }
  throw new PartsMissing(
    chosen === undefined
      ? 'No Python 3.10 or newer with its venv module was found. ' +
          'Install one (Debian: apt install python3-venv), or name it in PYTHON.'
      : `PYTHON=${chosen} is not a Python 3.10 or newer with its venv module.`
  )
}

async function works(python: string): Promise<boolean> {
  try {
    await run(python, ['-c', probe])
    return true
  } catch {
    return false
  }
}

async function install(python: string, environment: Environment): Promise<void> {
  const {
    name,
    holds,
    requirements: [file]
  } = environment
  await runInstaller(python, holds, [
    'install.py',
    join(partsFolder, name),
    file,
    stamp(environment)
  ])
}

/**
 * Runs one of the installers beside this file.
 * @param holds what it installs, for messages
 * @throws PartsMissing with what the installer said
 */
export async function runInstaller(
  python: string,
  holds: string,
  [program, ...args]: readonly [program: string, ...args: string[]]
): Promise<void> {
  try {
    await run(python, [join(import.meta.dirname, program), ...args], { maxBuffer: 64 * 2 ** 20 })
  } catch (error) {
    throw new PartsMissing(
      `${holds} could not be installed from the Python package index:\n${lastLines(error)}`,
      { cause: error }
    )
  }
}

function lastLines(error: unknown): string {
  const text =
    error instanceof Error && 'stderr' in error && typeof error.stderr === 'string'
      ? error.stderr
      : ''
  return text
    .trim()
    .split('\n')
    .slice(-4)
    .map(line => `  ${line}`)
    .join('\n')
}
