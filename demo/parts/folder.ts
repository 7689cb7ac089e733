import { mkdirSync, mkdtempSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** The project's own folder. */
export const projectFolder = resolve(import.meta.dirname, '../..')

/** Where the parts live: git ignores it, and deleting it costs one more installation. */
export const partsFolder = join(projectFolder, '.parts')

/** A new folder for one running part. The part removes it when it stops. */
export function makeRunFolder(name: string): string {
  const runs = join(partsFolder, 'run')
  mkdirSync(runs, { recursive: true })
  return mkdtempSync(join(runs, `${name}-`))
}
