import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { ensurePython } from '../../demo/parts/python.ts'

/**
 * Runs a script with the Python that has Kinto.
 * @returns one line of its output for each line of its input
 * @throws an error with its standard error if lines are missing
 */
export async function askPython(script: string, lines: readonly string[]): Promise<string[]> {
  const python = spawn(await ensurePython(), ['-W', 'ignore', script], { env: { PYTHONUTF8: '1' } })
  python.stdin.end(lines.map(line => `${line}\n`).join(''))
  const [output, complaint] = await Promise.all([text(python.stdout), text(python.stderr)])
  const answers = output.split('\n').slice(0, -1)
  if (answers.length !== lines.length) throw new Error(complaint)
  return answers
}
