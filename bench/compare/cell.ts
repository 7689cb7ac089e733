import type { ContenderName } from '../contenders/contenders.ts'
import type { Table } from '../report/section.ts'
import { digits, show, spread } from '../report/statistics.ts'
import type { Spread } from '../report/statistics.ts'
import type { Measured, Rounds } from './rounds.ts'

/**
 * The results of one workload at one pressure. Times are in milliseconds, CPU in microseconds per
 * request, memory in MB.
 */
export interface Cell {
  title: string
  contenders: Row[]
}

interface Row {
  name: ContenderName
  cpu?: Spread
  /** CPU as a multiple of nginx's, and of the bare plugin's, in the same round. */
  cpuToNginx?: Spread
  cpuToPlugin?: Spread
  perSecond: Spread
  /** Requests per second as a part of those of `direct`. */
  rateToDirect?: Spread
  p50: Spread
  p99: Spread
  memory?: Spread
}

/** Sums up the rounds. */
export function summarize(title: string, rounds: Rounds): Cell {
  return {
    title,
    contenders: [...rounds].map(([name, measured]) => ({
      name,
      ...of('cpu', measured, round => round.cpu),
      ...ratio('cpuToNginx', measured, rounds.get('nginx'), round => round.cpu),
      ...ratio('cpuToPlugin', measured, rounds.get('@fastify/http-proxy'), round => round.cpu),
      perSecond: spread(measured.map(round => round.perSecond)),
      ...ratio('rateToDirect', measured, rounds.get('direct'), round => round.perSecond),
      p50: spread(measured.map(round => round.p50)),
      p99: spread(measured.map(round => round.p99)),
      ...of('memory', measured, round => round.memory)
    }))
  }
}

/** The cell as a reader sees it. */
export function cellTable({ title, contenders }: Cell): Table {
  return {
    title,
    header: [
      '',
      'CPU µs/request',
      '× nginx',
      '× bare plugin',
      'requests/s',
      '× direct',
      'p50 ms',
      'p99 ms',
      'MB'
    ],
    rows: contenders.map(row => [
      row.name,
      shown(row.cpu),
      shown(row.cpuToNginx),
      shown(row.cpuToPlugin),
      show(row.perSecond),
      shown(row.rateToDirect),
      show(row.p50),
      show(row.p99),
      row.memory === undefined ? '' : digits(row.memory.max)
    ])
  }
}

function shown(value: Spread | undefined): string {
  return value === undefined ? '' : show(value)
}

function of<Name extends string>(
  name: Name,
  rounds: readonly Measured[],
  read: (round: Measured) => number | undefined
): { [key in Name]?: Spread } {
  const values = rounds.map(read).filter(value => value !== undefined)
  return record(name, values)
}

function ratio<Name extends string>(
  name: Name,
  rounds: readonly Measured[],
  others: readonly Measured[] | undefined,
  read: (round: Measured) => number | undefined
): { [key in Name]?: Spread } {
  const values = rounds.flatMap((round, index) => {
    const other = others?.[index]
    const [above, below] = [read(round), other && read(other)]
    return above === undefined || below === undefined ? [] : [above / below]
  })
  return record(name, values)
}

// TypeScript would type a literal with a computed name as one with any name
function record<Name extends string>(
  name: Name,
  values: readonly number[]
): { [key in Name]?: Spread } {
  const result: { [key in Name]?: Spread } = {}
  if (values.length > 0) result[name] = spread(values)
  return result
}
