import { banner } from '../../demo/parts/banner.ts'
import { findProgram } from '../../demo/parts/programs.ts'

/** The programs that the bench runs, and Debian's names of their packages. */
const packages = {
  h2load: 'nghttp2-client',
  hey: 'hey',
  nginx: 'nginx',
  haproxy: 'haproxy',
  initdb: 'postgresql',
  postgres: 'postgresql',
  taskset: 'util-linux'
} as const

type Tool = keyof typeof packages

/** @throws if it is not installed; the message says how to install it */
export function tool(name: Tool): string {
  const path = findProgram(name)
  if (path === undefined) throw new Error(missing([name]))
  return path
}

/** Whether all are installed. Otherwise a banner says what is not measured. */
export function haveTools(subject: string, ...names: Tool[]): boolean {
  const absent = names.filter(name => findProgram(name) === undefined)
  if (absent.length > 0)
    process.stderr.write(banner([`NOT MEASURED: ${subject}.`, missing(absent)]))
  return absent.length === 0
}

function missing(names: readonly Tool[]): string {
  const missed = new Set(names.map(name => packages[name]))
  return `${names.join(', ')} not found. Install: apt install ${[...missed].join(' ')}`
}
