import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { cores } from '../parts/cores.ts'
import { tool } from '../parts/tools.ts'
import type { Answers } from './sample.ts'
import type { Request } from './workload.ts'

const run = promisify(execFile)

/** Runs hey, for requests without a body: https://github.com/rakyll/hey. */
export async function hey(
  { method, headers }: Request,
  url: string,
  options: readonly string[]
): Promise<Answers> {
  const { stdout } = await run(
    tool('taskset'),
    [
      '--cpu-list',
      cores.load,
      tool('hey'),
      '-m',
      method,
      '-o',
      'csv',
      ...Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]),
      ...options,
      url
    ],
    { maxBuffer: 2 ** 30 }
  )
  return { output: stdout.slice(0, 1_000), answers: stdout.trim().split('\n').slice(1).map(read) }
}

// The columns are: seconds, five parts of them, status
function read(line: string): Answers['answers'][number] {
  const columns = line.split(',')
  return { status: Number(columns[6]), milliseconds: Number(columns[0]) * 1_000 }
}
