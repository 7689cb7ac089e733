import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startNginxProxy } from '../contenders/nginx.ts'
import { loadEach } from '../load/load.ts'
import { cores } from '../parts/cores.ts'
import type { Table } from '../report/section.ts'
import { answering, kinds, prepare } from './kinds.ts'
import { startAnswering } from './stage.ts'
import type { Stage } from './stage.ts'

const count = 10

/**
 * The calls over the network for one answer of each kind, and how often each is made:
 * `GET record`, `SendTaskSuccess`.
 */
export type Calls = Readonly<Record<string, Readonly<Record<string, number>>>>

/** Counts a service's calls to Step Functions, and to a Kinto behind an nginx that logs them. */
export async function countCalls({ kinto, stepFunctions }: Stage): Promise<Calls> {
  const logged = await startNginxProxy(kinto.url, cores.upstream, '/v1/', '$request_method $uri')
  const service = await startAnswering(logged.url, stepFunctions)
  const counted: Record<string, Record<string, number>> = {}
  for (const kind of kinds) {
    const activityArn = await stepFunctions.createActivity(`Calls${kinds.indexOf(kind)}`)
    const paths = await prepare(kinto.url, stepFunctions, kind, activityArn, count)
    const [linesBefore, { calls: before }] = [readLog(logged.folder), await stepFunctions.seen()]
    await loadEach(service.url, paths, answering(kind))
    const { calls } = await stepFunctions.seen()
    const counts: Record<string, number> = {}
    for (const line of readLog(logged.folder).slice(linesBefore.length))
      counts[line] = (counts[line] ?? 0) + 1 / count
    for (const [operation, total] of Object.entries(calls))
      if (total > (before[operation] ?? 0))
        counts[operation] = (total - (before[operation] ?? 0)) / count
    counted[kind.name] = counts
  }
  service.kill('SIGKILL')
  return counted
}

/** The counts as a reader sees them. */
export function callsTable(calls: Calls): Table {
  return {
    title: 'Calls of the service, per answer',
    header: ['', 'calls'],
    rows: Object.entries(calls).map(([kind, counts]) => [kind, list(counts)])
  }
}

function list(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([call, times]) => `${Number(times.toFixed(1))} × ${call}`)
    .join(', ')
}

function readLog(folder: string): string[] {
  return readFileSync(join(folder, 'access.log'), 'utf8')
    .trim()
    .split('\n')
    .map(line => {
      const [method, path = ''] = line.split(' ')
      const target =
        path === '/v1/' ? 'root view' : path.endsWith('/records') ? 'records' : 'record'
      return `${method} ${target}`
    })
}
