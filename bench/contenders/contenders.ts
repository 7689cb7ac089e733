import { join } from 'node:path'
import { cores } from '../parts/cores.ts'
import { launch } from '../parts/launch.ts'
import type { Command, Launched } from '../parts/launch.ts'
import { haveTools } from '../parts/tools.ts'
import { startHaproxy } from './haproxy.ts'
import { startNginxProxy } from './nginx.ts'
import { startService } from './service.ts'

export const contenderNames = [
  'direct',
  'nginx',
  'haproxy',
  'service',
  '@fastify/http-proxy',
  'httpxy',
  'http-proxy-3'
] as const

export type ContenderName = (typeof contenderNames)[number]

const processes = join(import.meta.dirname, '..', 'processes')

/** A program between the load and the upstream. */
export interface Contender {
  name: ContenderName
  url: string
  /** Undefined for `direct`, where the load goes to the upstream itself. */
  process?: Launched
}

/**
 * Starts the contenders whose programs are installed; all listen at the same time. A GET of the
 * path `ready` must give 200 at the upstream.
 */
export async function startContenders(
  names: readonly ContenderName[],
  upstream: string,
  ready: string
): Promise<Contender[]> {
  const contenders: Contender[] = []
  for (const name of names) {
    if (name === 'direct') contenders.push({ name, url: upstream })
    else if ((name !== 'nginx' && name !== 'haproxy') || haveTools(name, name)) {
      const process = await startContender(name, upstream, ready)
      contenders.push({ name, url: process.url, process })
    }
  }
  return contenders
}

// On the core of the process under test
async function startContender(
  name: Exclude<ContenderName, 'direct'>,
  upstream: string,
  ready: string
): Promise<Launched> {
  switch (name) {
    case 'nginx':
      return await startNginxProxy(upstream, cores.proxy, ready)
    case 'haproxy':
      return await startHaproxy(upstream, cores.proxy, ready)
    case 'service':
      return await startService(upstream, cores.proxy)
    case '@fastify/http-proxy':
      return await startPeer('bare-plugin.ts', upstream)
    case 'httpxy':
    case 'http-proxy-3':
      return await startPeer(`${name}.ts`, upstream)
  }
}

/** The command of a peer: its file and its arguments. The first argument is its upstream. */
export function peerCommand(file: string, ...args: string[]): Command {
  return { command: [process.execPath, join(processes, file), ...args] }
}

async function startPeer(file: string, upstream: string): Promise<Launched> {
  return await launch({ name: file, cores: cores.proxy, ...peerCommand(file, upstream) })
}
