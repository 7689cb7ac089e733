import { parseArgs } from 'node:util'
import { workloadNames } from './load/workload.ts'
import type { WorkloadName } from './load/workload.ts'

export const sectionNames = ['proxies', 'kinto', 'answers', 'growth'] as const

export type SectionName = (typeof sectionNames)[number]

/** How much is measured. */
export interface Plan {
  sections: readonly SectionName[]
  quick: boolean
  /** The number of rounds that measure everything; each ratio is of one round. */
  rounds: number
  /** Seconds of each measurement. */
  seconds: number
  /** Seconds before the first one, so that V8 compiles the code. */
  warmUpSeconds: number
  /** For GET. The other workloads are measured at 32, unless `everyConnections` is set. */
  connections: readonly number[]
  everyConnections: boolean
  /** The workloads in front of the static upstream. */
  workloads: readonly WorkloadName[]
  /**
   * The workloads in front of Kinto. 304 is not among them: Kinto ends the connection after each,
   * and then h2load sometimes goes on for ever.
   */
  kintoWorkloads: readonly Exclude<WorkloadName, 'upload' | '304'>[]
  /** The number of answers of each kind. */
  answers: number
  /** Milliseconds that Step Functions takes for a call. */
  stepFunctionsMs: number
  /** Whether bench/results/ and the plots of docs/performance.md get the numbers. */
  writeDocs: boolean
}

/**
 * Reads the command line.
 * @throws on an unknown option or section
 */
export function readPlan(args: readonly string[]): Plan {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      full: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      'write-docs': { type: 'boolean', default: false }
    }
  })
  const usual = {
    rounds: 5,
    seconds: 2,
    warmUpSeconds: 4,
    answers: 200,
    workloads: workloadNames,
    kintoWorkloads: workloadNames.filter(name => name !== 'upload' && name !== '304')
  }
  const quick = {
    rounds: 2,
    seconds: 0.3,
    warmUpSeconds: 2.5,
    answers: 20,
    workloads: ['GET', 'list', 'PUT', 'HEAD', '304'],
    kintoWorkloads: ['GET', 'PUT']
  } satisfies Partial<Plan>
  const { rounds, seconds, ...rest } = values.quick ? quick : usual
  return {
    ...rest,
    rounds: Number(values.rounds ?? rounds),
    seconds: Number(values.seconds ?? seconds),
    sections: values.only.length === 0 ? sectionNames : values.only.map(sectionName),
    quick: values.quick,
    connections: [1, 32, 512],
    everyConnections: values.full,
    stepFunctionsMs: 5,
    writeDocs: values['write-docs']
  }
}

function sectionName(name: string): SectionName {
  const found = sectionNames.find(known => known === name)
  if (found === undefined) throw new Error(`--only ${name}: there are ${sectionNames.join(', ')}.`)
  return found
}
