import { accessSync, constants, globSync } from 'node:fs'
import { delimiter, join } from 'node:path'

// Debian keeps PostgreSQL's and the administrator's programs off an ordinary user's PATH
const folders = [
  ...(process.env['PATH'] ?? '').split(delimiter),
  '/usr/sbin',
  '/usr/local/sbin',
  ...globSync('/usr/lib/postgresql/*/bin')
]

/** The path of a program that the project cannot install; undefined if it is not there. */
export function findProgram(name: string): string | undefined {
  return folders.map(folder => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
