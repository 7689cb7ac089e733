import type { NamedRecords } from '../record/match.ts'
import { deadline } from '../../wait.ts'

/** A task that Step Functions handed out. Its token exists nowhere else until a record holds it. */
export interface UnsavedTask {
  taskToken: string
  activityArn: string
  region: string
  named: NamedRecords
  /** The API version in the paths of its records. */
  version: string
  /** On the clock of `performance.now()`. */
  takenAt: number
  /** Whether one of its ids fits several records, as far as is known. */
  ambiguous?: boolean
  /** As its records say, once they were found. */
  heartbeatSeconds?: number | undefined
}

/** An unsaved task in words for the log: never with its token. */
export interface UnsavedSummary {
  activityArn: string
  records: string[]
  ageSeconds: number
}

// As long as a request with a task may take.
const claimMs = 60_000

/**
 * The tasks whose tokens are saved in no record yet. A task leaves when its token is saved or used.
 */
export class UnsavedTasks {
  readonly #tasks = new Map<string, UnsavedTask>()
  readonly #claims = new Map<string, { record: string; timeLeft: () => number }>()

  keep(task: UnsavedTask): void {
    this.#tasks.set(task.taskToken, task)
  }

  has(taskToken: string): boolean {
    return this.#tasks.has(taskToken)
  }

  release(taskToken: string): void {
    this.#tasks.delete(taskToken)
    this.#claims.delete(taskToken)
  }

  /** A request for this record has the task. It will save and use its token, or leave it here. */
  claim(taskToken: string, record: string): void {
    this.#claims.set(taskToken, { record, timeLeft: deadline(claimMs) })
  }

  /** The request is over. */
  disclaim(taskToken: string): void {
    this.#claims.delete(taskToken)
  }

  /** The URI of the record that a request has the task for. */
  claimedFor(taskToken: string): string | undefined {
    const claim = this.#claims.get(taskToken)
    return claim !== undefined && claim.timeLeft() > 0 ? claim.record : undefined
  }

  all(): UnsavedTask[] {
    return [...this.#tasks.values()]
  }

  of(activityArn: string): UnsavedTask[] {
    return this.all().filter(task => task.activityArn === activityArn)
  }

  summaries(now = performance.now()): UnsavedSummary[] {
    return this.all().map(({ activityArn, named, takenAt }) => ({
      activityArn,
      records: [...named.uris.keys(), ...named.ids],
      ageSeconds: Math.round((now - takenAt) / 1000)
    }))
  }
}
