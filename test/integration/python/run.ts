import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { ensurePython } from '../../../demo/parts/python.ts'

/**
 * Runs a script of this folder with the Python that has Kinto's client.
 * @returns the JSON that the script printed
 * @throws with the script's standard error, if it fails or takes a minute
 */
export async function runPython(script: string, ...args: string[]): Promise<any> {
  const env = { PATH: process.env['PATH'] ?? '', PYTHONDONTWRITEBYTECODE: '1' }
  const command = ['-W', 'ignore', join(import.meta.dirname, script), ...args]
  try {
    const { stdout } = await promisify(execFile)(await ensurePython(), command, {
      env,
      timeout: 60_000,
      maxBuffer: 2 ** 24
    })
    return JSON.parse(stdout)
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? error.stderr : error
    throw new Error(`${script} failed:\n${String(said)}`, { cause: error })
  }
}
