import type { Plan } from '../plan.ts'
import type { Section, Table } from '../report/section.ts'
import { digits } from '../report/statistics.ts'
import type { Plot } from '../report/svg.ts'
import { startStatic } from '../upstreams/static.ts'
import { measureBodies } from './bodies.ts'
import { measureConnections } from './connections.ts'
import { measureStartUp, startUpTable } from './start-up.ts'
import { measureWaiting, waitingPlot, waitingTable } from './waiting.ts'

/** Measures the start, and the memory with more connections, larger bodies and waiting answers. */
export async function measureGrowth(plan: Plan, stop: () => Promise<void>): Promise<Section> {
  const upstream = await startStatic()
  const startUp = await measureStartUp(upstream.url, plan.rounds)
  const connections = await measureConnections(upstream.url, plan)
  const bodies = await measureBodies(upstream.url, plan)
  const waiting = await measureWaiting(plan)
  await stop()
  const plots = [connections, ...bodies]
  return {
    title: 'Start-up and growth',
    notes: [
      'Memory is what is resident (RSS), of all processes of the contender; ' +
        'while something goes on, the most that was seen.'
    ],
    tables: [startUpTable(startUp), ...plots.map(plotTable), waitingTable(waiting)],
    plots: [...plots, waitingPlot(waiting)],
    data: { startUp, connections, bodies, waiting }
  }
}

function plotTable({ title, x, marks, lines }: Plot): Table {
  return {
    title: `${title} (MB)`,
    header: [x, ...marks],
    rows: lines.map(({ name, values }) => [name, ...values.map(digits)])
  }
}
