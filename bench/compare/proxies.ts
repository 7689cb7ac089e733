import { contenderNames, startContenders } from '../contenders/contenders.ts'
import { recordPath, workloads } from '../load/workload.ts'
import type { WorkloadName } from '../load/workload.ts'
import { describeCores } from '../parts/cores.ts'
import { haveTools } from '../parts/tools.ts'
import type { Plan } from '../plan.ts'
import type { Section } from '../report/section.ts'
import { authorization } from '../upstreams/seed.ts'
import { startStatic } from '../upstreams/static.ts'
import { cellTable, summarize } from './cell.ts'
import type { Cell } from './cell.ts'
import { measureRounds, warmUp } from './rounds.ts'

// h2load lets all connections send at the same moments: with more, its bursts would be measured
const steady = { connections: 4, rate: 1_000 }

// With more, the number of buffers would be measured
const uploadConnections = [1, 4]
const usualConnections = 32
// All but the last two, which are no Fastify plugins
const quickContenders = 5

/** Measures all contenders in front of an upstream that costs nothing. */
export async function compareProxies(plan: Plan, stop: () => Promise<void>): Promise<Section> {
  const upstream = await startStatic()
  const contenders = await startContenders(contenderNames, upstream.url, recordPath)
  const etag = (await fetch(`${upstream.url}${recordPath}`)).headers.get('etag') ?? ''
  const all = workloads(authorization('alice'), etag)
  await warmUp(contenders, all.GET, plan.warmUpSeconds)
  const cells: Cell[] = []
  for (const name of plan.workloads) {
    if (name === 'HEAD' && !haveTools('HEAD', 'hey')) continue
    const workload = all[name]
    const measured =
      name === 'GET' || !plan.quick ? contenders : contenders.slice(0, quickContenders)
    await warmUp(measured, workload, plan.seconds)
    for (const connections of connectionsOf(name, plan)) {
      // At least 0.7 s where a single request takes long, or the start of the connections
      const seconds =
        name === 'upload' || connections > usualConnections
          ? Math.max(plan.seconds, 0.7)
          : plan.seconds
      const rounds = await measureRounds(measured, workload, { connections, seconds }, plan.rounds)
      cells.push(
        summarize(
          `${name}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
          rounds
        )
      )
    }
  }
  const steadyRounds = await measureRounds(
    contenders,
    all.GET,
    { ...steady, seconds: plan.seconds },
    plan.rounds
  )
  cells.push(
    summarize(`GET, ${steady.rate} requests/s on ${steady.connections} connections`, steadyRounds)
  )
  await stop()
  return {
    title: 'Proxies in front of a static upstream',
    notes: [
      'The upstream is an nginx that answers as Kinto would, without its work, ' +
        'so nearly all that is seen is what the proxy costs.',
      describeCores(),
      `Median of ${plan.rounds} rounds (least–most). ` +
        'In each round all are measured in turn, and each ratio is of one round.'
    ],
    tables: cells.map(cellTable),
    plots: [plotConnections(cells, plan)],
    data: cells
  }
}

function connectionsOf(name: WorkloadName, plan: Plan): readonly number[] {
  if (name === 'upload')
    return plan.everyConnections ? uploadConnections : uploadConnections.slice(-1)
  return plan.everyConnections || name === 'GET' ? plan.connections : [usualConnections]
}

function plotConnections(cells: readonly Cell[], { connections }: Plan): Section['plots'][number] {
  const measured = cells.slice(0, connections.length)
  const names = contenderNames.filter(name =>
    measured.every(cell => cell.contenders.some(row => row.name === name && row.cpu !== undefined))
  )
  return {
    name: 'cpu-per-get',
    title: 'CPU per small GET',
    x: 'connections',
    y: 'µs',
    marks: connections.map(String),
    lines: names.map(name => ({
      name,
      values: measured.map(
        cell => cell.contenders.find(row => row.name === name)?.cpu?.median ?? NaN
      )
    }))
  }
}
