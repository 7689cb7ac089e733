import type { Request } from './workload.ts'

/** The responses that a load tool saw. */
export interface Answers {
  answers: readonly { status: number; milliseconds: number }[]
  /** The output of the tool, for errors. */
  output: string
}

/** The numbers of a load. Times are in milliseconds. */
export interface Sample {
  requests: number
  perSecond: number
  p50: number
  p99: number
}

/** @throws if a response had the wrong status, or if none came */
export function sample(
  { method, status }: Request,
  url: string,
  seconds: number,
  { answers, output }: Answers
): Sample {
  const wrong = answers.find(answer => answer.status !== status)
  if (wrong !== undefined)
    throw new Error(`${method} ${url} answered ${wrong.status}, not ${status}.`)
  if (answers.length === 0) throw new Error(`${method} ${url} was not answered:\n${output}`)
  const times = answers.map(({ milliseconds }) => milliseconds).toSorted((a, b) => a - b)
  const at = (part: number): number =>
    times[Math.min(times.length - 1, Math.floor(part * times.length))] ?? NaN
  return {
    requests: answers.length,
    perSecond: answers.length / seconds,
    p50: at(0.5),
    p99: at(0.99)
  }
}
