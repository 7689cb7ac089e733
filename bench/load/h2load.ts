import { execFile } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeRunFolder } from '../../demo/parts/folder.ts'
import { cores } from '../parts/cores.ts'
import { tool } from '../parts/tools.ts'
import type { Answers } from './sample.ts'
import type { Request } from './workload.ts'

const run = promisify(execFile)

/**
 * Runs h2load over HTTP/1.1. It requests the `urls` in this order.
 * https://nghttp2.org/documentation/h2load.1.html
 */
export async function h2load(
  { method, headers, body }: Request,
  urls: readonly string[],
  options: readonly string[]
): Promise<Answers> {
  const folder = makeRunFolder('load')
  const log = join(folder, 'log')
  const list = join(folder, 'urls')
  const data = join(folder, 'data')
  writeFileSync(list, urls.map(url => `${url}\n`).join(''))
  if (body !== undefined) writeFileSync(data, body)
  try {
    const { stdout } = await run(tool('taskset'), [
      '--cpu-list',
      cores.load,
      tool('h2load'),
      '--h1',
      '--log-file',
      log,
      '--input-file',
      list,
      ...Object.entries({ ':method': method, ...headers }).flatMap(([name, value]) => [
        '--header',
        `${name}: ${value}`
      ]),
      ...(body === undefined ? [] : ['--data', data]),
      ...options
    ])
    return {
      output: stdout,
      answers: readFileSync(log, 'utf8').trim().split('\n').filter(Boolean).map(read)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

// The columns are: start, status, microseconds
function read(line: string): Answers['answers'][number] {
  const [, status, microseconds] = line.split('\t')
  return { status: Number(status), milliseconds: Number(microseconds) / 1_000 }
}
