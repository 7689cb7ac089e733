import { startContenders } from '../contenders/contenders.ts'
import type { ContenderName } from '../contenders/contenders.ts'
import { recordPath, workloads } from '../load/workload.ts'
import { haveTools } from '../parts/tools.ts'
import type { Plan } from '../plan.ts'
import type { Section, Table } from '../report/section.ts'
import { show, spread } from '../report/statistics.ts'
import type { Spread } from '../report/statistics.ts'
import { startKinto } from '../upstreams/kinto.ts'
import { startDatabase } from '../upstreams/postgres.ts'
import { authorization, seed, seedList, seedRecords } from '../upstreams/seed.ts'
import { cellTable, summarize } from './cell.ts'
import type { Cell } from './cell.ts'
import { measureRounds, warmUp } from './rounds.ts'
import type { Rounds } from './rounds.ts'

const usualConnections = 32
// h2load lets all connections send at the same moments. With many of them, each burst would be a
// queue in front of Kinto.
const fewConnections = 4
const names = ['direct', 'nginx', 'service', '@fastify/http-proxy'] as const

interface Added {
  name: string
  p50: Spread
  p99: Spread
}

/**
 * Measures how much of Kinto's own throughput is left behind a proxy, and how much latency a proxy
 * adds at half of it.
 */
export async function compareOnKinto(
  plan: Plan,
  stop: () => Promise<void>
): Promise<Section | undefined> {
  if (!haveTools('anything in front of a real Kinto', 'initdb', 'postgres')) return undefined
  const database = await startDatabase()
  const kinto = await startKinto({ database: database.url })
  await seed(kinto.url)
  await seedRecords(kinto.url)
  if (plan.kintoWorkloads.includes('list')) await seedList(kinto.url)
  const contenders = await startContenders(
    plan.quick ? names.slice(0, 3) : names,
    kinto.url,
    '/v1/'
  )
  const headers = { authorization: authorization('admin') }
  const etag = (await fetch(`${kinto.url}${recordPath}`, { headers })).headers.get('etag') ?? ''
  const all = workloads(headers.authorization, etag)
  const seconds = Math.max(plan.seconds, plan.quick ? 1 : 2)
  const cells: Cell[] = []
  await warmUp(contenders, all.GET, plan.warmUpSeconds)
  for (const name of plan.kintoWorkloads) {
    if (name === 'HEAD' && !haveTools('HEAD', 'hey')) continue
    // Kinto needs a tenth of a second for each list and each batch
    const pressure = {
      connections: name === 'list' || name === 'batch' ? fewConnections : usualConnections,
      seconds
    }
    cells.push(
      summarize(
        `${name}, ${pressure.connections} connections`,
        await measureRounds(contenders, all[name], pressure, plan.rounds)
      )
    )
  }
  const rate = (cells[0]?.contenders.find(row => row.name === 'direct')?.perSecond.median ?? 0) / 2
  const atHalf = await measureRounds(
    contenders,
    all.GET,
    { connections: fewConnections, seconds, rate },
    plan.rounds
  )
  const added = contenders
    .filter(({ name }) => name !== 'direct')
    .map(({ name }) => ({
      name,
      p50: difference(atHalf, name, 'p50'),
      p99: difference(atHalf, name, 'p99')
    }))
  await stop()
  return {
    title: 'In front of a real Kinto on PostgreSQL',
    notes: [
      'Kinto is one process (waitress, 8 threads), and busy all the time: ' +
        'what counts is how much of its own throughput is left.',
      'Load, Kinto and PostgreSQL share what the process under test leaves. ' +
        'At so few requests, V8 has not compiled all yet: ' +
        'compare CPU time in front of the static upstream.'
    ],
    tables: [...cells.map(cellTable), latencyTable(added, rate)],
    plots: [],
    data: { cells, latency: { rate, added } }
  }
}

function difference(rounds: Rounds, name: ContenderName, time: 'p50' | 'p99'): Spread {
  const direct = rounds.get('direct') ?? []
  return spread(
    (rounds.get(name) ?? []).map((round, index) => round[time] - (direct[index]?.[time] ?? NaN))
  )
}

function latencyTable(added: readonly Added[], rate: number): Table {
  return {
    title:
      `Added to the latency of GET at ${Math.round(rate)} requests/s, ` +
      'half of what Kinto can do',
    header: ['', 'p50 +ms', 'p99 +ms'],
    rows: added.map(({ name, p50, p99 }) => [name, show(p50), show(p99)])
  }
}
