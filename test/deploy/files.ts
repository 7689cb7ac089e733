import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectFolder } from '../../demo/parts/folder.ts'

export type Json = any

/** The text of a file of the project. */
export function read(name: string): string {
  return readFileSync(join(projectFolder, name), 'utf8')
}
