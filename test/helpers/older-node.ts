import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'

/** A Node.js of the PATH that is too old for the service. */
export async function olderNode(): Promise<string | undefined> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const node = join(directory, 'node')
    if (existsSync(node) && (await majorVersion(node)) < 24) return node
  }
  return undefined
}

async function majorVersion(node: string): Promise<number> {
  // Without the loader that tap gives to every process: an older Node.js may not know it.
  const command = ['-u', 'NODE_OPTIONS', node, '-p', 'process.versions.node'] as const
  return Number.parseInt((await promisify(execFile)('env', command)).stdout, 10)
}
