import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { projectFolder } from '../../demo/parts/folder.ts'
import { findProgram } from '../../demo/parts/programs.ts'

const run = promisify(execFile)

/** Machine and versions, in one line: without them a number says nothing. */
export async function describeMachine(): Promise<string> {
  const packages = ['fastify', '@fastify/http-proxy', 'undici', 'httpxy', 'http-proxy-3'].map(
    name => `${name} ${version(name)}`
  )
  return [
    `${availableParallelism()} cores (${cpus()[0]?.model ?? 'unknown'})`,
    `${Math.round(totalmem() / 2 ** 30)} GB`,
    `Linux ${release().split('-')[0]}`,
    `Node.js ${process.versions.node}`,
    await said('nginx', ['-v'], /nginx\/([\d.]+)/),
    await said('haproxy', ['-v'], /version ([\d.]+)/),
    await said('postgres', ['--version'], /([\d.]+)/),
    ...packages
  ].join(', ')
}

async function said(
  program: 'nginx' | 'haproxy' | 'postgres',
  args: readonly string[],
  pattern: RegExp
): Promise<string> {
  const path = findProgram(program)
  if (path === undefined) return `no ${program}`
  const { stdout, stderr } = await run(path, args)
  return `${program} ${pattern.exec(stdout + stderr)?.[1] ?? '?'}`
}

function version(name: string): string {
  const read: unknown = JSON.parse(
    readFileSync(join(projectFolder, 'node_modules', name, 'package.json'), 'utf8')
  )
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : '?'
}
