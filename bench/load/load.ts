import { h2load } from './h2load.ts'
import { hey } from './hey.ts'
import { sample } from './sample.ts'
import type { Sample } from './sample.ts'
import type { Request, Workload } from './workload.ts'

/** How hard the load is. */
export interface Pressure {
  connections: number
  seconds: number
  /** Requests per second of all connections together; by default as many as possible. */
  rate?: number
}

export interface Load extends Pressure {
  /** The origin of a contender. */
  url: string
  workload: Workload
}

/**
 * Sends the same request again and again, over connections that stay open.
 * @throws if a response has the wrong status
 */
export async function load({ url, workload, connections, seconds, rate }: Load): Promise<Sample> {
  const target = `${url}${workload.path}`
  // h2load would wait for the body of a response to HEAD
  const answers =
    workload.method === 'HEAD'
      ? await hey(workload, target, [
          '-c',
          String(connections),
          '-z',
          `${seconds}s`,
          ...(rate === undefined ? [] : ['-q', String(rate / connections)])
        ])
      : await h2load(
          workload,
          [target],
          [
            '--clients',
            String(connections),
            '--duration',
            `${seconds * 1_000}ms`,
            ...(rate === undefined ? [] : ['--rps', String(rate / connections)])
          ]
        )
  return sample(workload, target, seconds, answers)
}

/**
 * Sends the request to each of the paths once, one after the other on one connection.
 * @throws if a response has the wrong status
 */
export async function loadEach(
  url: string,
  paths: readonly string[],
  request: Request
): Promise<Sample> {
  const started = performance.now()
  const targets = paths.map(path => `${url}${path}`)
  const answers = await h2load(request, targets, [
    '--clients',
    '1',
    '--requests',
    String(paths.length)
  ])
  return sample(request, targets[0] ?? url, (performance.now() - started) / 1_000, answers)
}
