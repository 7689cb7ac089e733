import { execFile } from 'node:child_process'
import { chownSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort, untilReady } from '../../demo/parts/ready.ts'
import { cores } from '../parts/cores.ts'
import { launch } from '../parts/launch.ts'
import type { Launched } from '../parts/launch.ts'
import { tool } from '../parts/tools.ts'

const run = promisify(execFile)

/** A PostgreSQL of its own that does not wait for the disk. */
export async function startPostgres (): Promise<Launched> {
  // It refuses to run as root, and another user may not get into the project's folder
  const folder = mkdtempSync(join(tmpdir(), 'bench-postgres-'))
  const user = await unprivileged()
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  const as = user === undefined ? [] : [tool('setpriv'), `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups']
  const data = join(folder, 'data')
  const [program, ...args] = [...as, tool('initdb'), '--pgdata', data, '--username', 'kinto', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync']
  await run(program, args, { cwd: folder })
  const port = await freePort()
  const started = await launch({
    name: 'PostgreSQL',
    command: [
      ...first(as, tool('postgres')), '-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=',
      '-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off', '-c', 'timezone=UTC'
    ],
    cores: cores.upstream,
    folder,
    url: `postgresql://kinto@127.0.0.1:${port}/postgres`
  })
  await untilReady(started, () => started.log().includes('ready to accept connections') ? true : undefined)
  return started
}

async function unprivileged (): Promise<{ uid: number, gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const [uid, gid] = await Promise.all(['-u', '-g'].map(async which => Number((await run('id', [which, 'nobody'])).stdout)))
  return uid === undefined || gid === undefined ? undefined : { uid, gid }
}

function first (before: readonly string[], program: string): [string, ...string[]] {
  const [head, ...rest] = [...before, program]
  return [head ?? program, ...rest]
}
