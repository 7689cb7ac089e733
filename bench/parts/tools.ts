import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { banner } from '../../demo/parts/banner.ts'

/** The programs that the bench runs, and how Debian calls the packages that have them. */
const packages = {
  h2load: 'nghttp2-client',
  hey: 'hey',
  nginx: 'nginx',
  haproxy: 'haproxy',
  initdb: 'postgresql',
  postgres: 'postgresql',
  setpriv: 'util-linux',
  taskset: 'util-linux'
} as const

export type Tool = keyof typeof packages

// Debian keeps PostgreSQL's and the administrator's programs off an ordinary user's PATH
const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', ...globSync('/usr/lib/postgresql/*/bin')]

/** Where the program lies, or undefined. */
export function findTool (tool: Tool): string | undefined {
  return folders.map(folder => join(folder, tool)).find(isExecutable)
}

/** @throws with the way to install it. */
export function tool (name: Tool): string {
  const path = findTool(name)
  if (path === undefined) throw new Error(missing([name]))
  return path
}

/** Whether all are there; says loudly what is left out otherwise. */
export function haveTools (subject: string, ...names: Tool[]): boolean {
  const absent = names.filter(name => findTool(name) === undefined)
  if (absent.length > 0) process.stderr.write(banner([`NOT MEASURED: ${subject}.`, missing(absent)]))
  return absent.length === 0
}

function missing (names: readonly Tool[]): string {
  return `${names.join(', ')} not found. Install: apt install ${[...new Set(names.map(name => packages[name]))].join(' ')}`
}

function isExecutable (path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
