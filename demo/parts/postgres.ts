import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { lowPort } from './low-port.ts'
import { startPart } from './process.ts'
import type { Part } from './process.ts'
import { findProgram } from './programs.ts'
import { ensurePython, PartsMissing } from './python.ts'
import { untilReady } from './ready.ts'

export interface PostgresOptions {
  /** A command to start PostgreSQL with: one that sets the cores it may run on. */
  under?: readonly string[]
}

export interface Postgres extends Part {
  /** The URL of the database `postgres`, which is always there. */
  url: string
  /**
   * Creates an empty database, so that each Kinto has its own.
   * @returns its URL
   */
  createDatabase: () => Promise<string>
}

const run = promisify(execFile)

// With the project's own Python, because Debian has `psql` in another package
const create =
  'import psycopg2, sys; c = psycopg2.connect(sys.argv[1]); ' +
  'c.autocommit = True; c.cursor().execute(sys.argv[2])'

// Nobody wants this data back after a crash of the machine
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  // Each Kinto may have eight connections
  max_connections: '400',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  timezone: 'UTC'
}

/** Whether startPostgres() finds what it needs. */
export function hasPostgres(): boolean {
  return findProgram('initdb') !== undefined && findProgram('postgres') !== undefined
}

/**
 * Starts a PostgreSQL on 127.0.0.1, in a temporary folder. It does not wait for the disk.
 * Everybody on this machine may connect as `kinto`.
 * @throws PartsMissing where it is not installed
 */
export async function startPostgres({ under = [] }: PostgresOptions = {}): Promise<Postgres> {
  const [initdb, postgres] = [program('initdb'), program('postgres')]
  // PostgreSQL refuses to run as root, and another user may not get into the project's folder
  const folder = mkdtempSync(join(tmpdir(), 'kinto-postgres-'))
  const data = join(folder, 'data')
  let port: number
  let as: readonly string[]
  try {
    as = await unprivileged(folder)
    await initialize([...as, initdb], data, folder)
    port = await lowPort()
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const [command, ...args] = split([
    ...under,
    ...as,
    postgres,
    '-D',
    data,
    '-p',
    String(port),
    ...options
  ])
  const part = startPart({
    name: 'PostgreSQL',
    command,
    args,
    env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C' },
    folder,
    cwd: folder,
    // After SIGTERM it would wait until all clients have gone by themselves
    stopSignal: 'SIGINT'
  })
  await untilReady(part, () => part.log().includes('ready to accept connections') || undefined)
  const server = `postgresql://kinto@127.0.0.1:${port}`
  return { ...part, url: `${server}/postgres`, createDatabase: () => createDatabase(server) }
}

async function initialize(initdb: readonly string[], data: string, cwd: string): Promise<void> {
  const options = [
    '--username',
    'kinto',
    '--auth',
    'trust',
    '--encoding',
    'UTF8',
    '--locale',
    'C',
    '--no-sync'
  ]
  const [command, ...args] = split([...initdb, '--pgdata', data, ...options])
  await run(command, args, { cwd })
}

async function createDatabase(server: string): Promise<string> {
  const name = `kinto-${randomUUID()}`
  await run(await ensurePython(), ['-c', create, `${server}/postgres`, `CREATE DATABASE "${name}"`])
  return `${server}/${name}`
}

/**
 * The words of a command that runs a program as a user without rights; that user gets the folder.
 * There are none if we are such a user already.
 */
async function unprivileged(folder: string): Promise<readonly string[]> {
  if (process.getuid?.() !== 0) return []
  const setpriv = program('setpriv')
  const ids = await Promise.all(
    ['-u', '-g'].map(async which => Number((await run('id', [which, 'nobody'])).stdout))
  )
  const [uid = NaN, gid = NaN] = ids
  chownSync(folder, uid, gid)
  return [setpriv, `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
}

function program(name: 'initdb' | 'postgres' | 'setpriv'): string {
  const path = findProgram(name)
  if (path === undefined) {
    const debian = name === 'setpriv' ? 'util-linux' : 'postgresql'
    throw new PartsMissing(
      `PostgreSQL cannot be started: ${name} was not found. ` +
        `Install it (Debian: apt install ${debian}).`
    )
  }
  return path
}

function split(words: readonly string[]): [string, ...string[]] {
  const [command, ...args] = words
  if (command === undefined) throw new Error('There is no command.')
  return [command, ...args]
}
