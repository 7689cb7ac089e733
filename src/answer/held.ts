import type { Named } from './match.ts'

/** A task that Step Functions handed out, with a token that exists nowhere else until it is saved in a record. */
export interface HeldTask {
  taskToken: string
  activityArn: string
  named: Named
  takenAt: number
}

/** What a task that is not saved looks like in the log: never with its token. */
export interface Unsaved {
  activityArn: string
  records: string[]
  ageSeconds: number
}

/** The tasks whose tokens are saved in no record yet. Nothing is ever dropped from here but by being saved or used. */
export class HeldTasks {
  readonly #tasks = new Map<string, HeldTask>()

  keep (task: HeldTask): void {
    this.#tasks.set(task.taskToken, task)
  }

  has (taskToken: string): boolean {
    return this.#tasks.has(taskToken)
  }

  release (taskToken: string): void {
    this.#tasks.delete(taskToken)
  }

  of (activityArn: string): HeldTask[] {
    return [...this.#tasks.values()].filter(task => task.activityArn === activityArn)
  }

  list (now = Date.now()): Unsaved[] {
    return [...this.#tasks.values()].map(({ activityArn, named, takenAt }) => ({
      activityArn, records: [...named.uris.keys(), ...named.ids], ageSeconds: Math.round((now - takenAt) / 1000)
    }))
  }
}
