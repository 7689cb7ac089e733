import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { partsFolder, projectFolder } from '../../demo/parts/folder.ts'
import { ensurePython } from '../../demo/parts/python.ts'

const run = promisify(execFile)
const installer = join(projectFolder, 'demo', 'parts', 'install.py')
const requirements = join(import.meta.dirname, 'requirements.txt')
const venv = join(partsFolder, 'bench-venv')

/**
 * The Python that has Kinto with PostgreSQL, and boto3 for the plugin. The first call installs them, some 30 s.
 * @throws without Python >= 3.10, its venv module, or a package index
 */
export async function ensureBenchPython (): Promise<string> {
  await run(await ensurePython(), [installer, venv, requirements, stamp()], { maxBuffer: 64 * 2 ** 20 })
  return join(venv, 'bin', 'python')
}

function stamp (): string {
  const asked = [requirements, join(projectFolder, 'demo', 'parts', 'requirements.txt')].map(file => readFileSync(file))
  return createHash('sha256').update(Buffer.concat(asked)).digest('hex')
}
