import type { KintoSession } from '../../kinto/session.ts'
import type { ActivityTask } from '../../stepfunctions/polls.ts'
import { saveFetchedToken, type SavingOptions } from './fetched-token.ts'
import type { UnsavedTask, UnsavedTasks } from './unsaved.ts'
import { AmbiguousId, locateRecords } from './locate.ts'
import { namedRecords } from '../record/match.ts'
import { pause } from '../../wait.ts'
import { heartbeatOf, isDecided, type Reading } from '../record/reading.ts'
import { inScope, type Resource } from '../../kinto/resources.ts'
import { KnownPlaces } from './places.ts'
import { lookAgainMs, NotRecorded } from '../record/update.ts'
import type { WaitingRoom } from './waiting.ts'

export interface RouterOptions extends SavingOptions {
  unsaved: UnsavedTasks
  room: WaitingRoom
  /** A session with the service's own account. Undefined without `kinto_authorization`. */
  serviceAccount: (() => KintoSession) | undefined
  resources: readonly Resource[]
}

/** Where a task comes from. */
export type Origin = Pick<UnsavedTask, 'activityArn' | 'region' | 'version'>

const retryMs = 5_000

/**
 * Finds the record of a task. The task's token goes to a request that waits for the record, or into
 * the record, or it stays unsaved.
 */
export class TaskRouter {
  readonly #options: RouterOptions
  readonly #places: KnownPlaces
  readonly #routes = new Map<UnsavedTask, Promise<void>>()
  readonly #reported = new WeakSet<UnsavedTask>()
  #round: Promise<void> | undefined

  constructor(options: RouterOptions) {
    this.#options = options
    this.#places = new KnownPlaces(options.resources)
  }

  /** Takes a task that a poll brought. From here on its token is kept until it is saved or used. */
  async receive({ taskToken, input }: ActivityTask, origin: Origin): Promise<void> {
    const { unsaved, resources } = this.#options
    const task: UnsavedTask = {
      ...origin,
      taskToken,
      named: namedRecords(input, ref => inScope(resources, ref)),
      takenAt: performance.now()
    }
    unsaved.keep(task)
    await this.route(task)
  }

  /**
   * Tries again with every unsaved task: its record may come later, and Kinto may come back. Once
   * `stopped`, tries a last time.
   */
  async keepTrying(stopped: AbortSignal): Promise<void> {
    for (let last = false; !last;) {
      await pause(retryMs, stopped)
      last = stopped.aborted
      if (last) await this.#round
      await this.tryAgain()
    }
    if (this.#options.unsaved.all().length === 0) return
    // A token that was saved just now counts as saved only once it was seen in its record.
    await pause(lookAgainMs)
    await this.tryAgain()
  }

  /** Tries again with every unsaved task, one by one. Calls at the same time share a round. */
  tryAgain(): Promise<void> {
    this.#round ??= this.#tryAll().finally(() => {
      this.#round = undefined
    })
    return this.#round
  }

  async #tryAll(): Promise<void> {
    if (this.#options.serviceAccount === undefined) return
    for (const task of this.#options.unsaved.all()) await this.route(task)
  }

  /**
   * Never throws: a task whose records cannot be found or written stays unsaved, and the log says
   * so once. Calls for a task at the same time share one look.
   */
  route(task: UnsavedTask): Promise<void> {
    const known = this.#routes.get(task)
    if (known !== undefined) return known
    const route = this.#route(task).finally(() => {
      this.#routes.delete(task)
    })
    this.#routes.set(task, route)
    return route
  }

  async #route(task: UnsavedTask): Promise<void> {
    const { unsaved, room, serviceAccount } = this.#options
    if (!unsaved.has(task.taskToken) || unsaved.claimedFor(task.taskToken) !== undefined) return
    try {
      const records = serviceAccount === undefined ? [] : await this.#locate(serviceAccount(), task)
      if (!room.hand(task) && serviceAccount !== undefined)
        await this.#saveAhead(task, serviceAccount(), records)
    } catch (error) {
      // An ambiguous id may not mean the record that a request waits for. After any other error
      // there is no such doubt.
      task.ambiguous = error instanceof AmbiguousId
      if (!task.ambiguous) room.hand(task)
      this.#report(task, error)
    }
  }

  async #locate(serviceAccount: KintoSession, task: UnsavedTask): Promise<Reading[]> {
    const records = await locateRecords(serviceAccount, task, this.#options.reader, () =>
      this.#places.list(serviceAccount, task.version)
    )
    task.ambiguous = false
    task.heartbeatSeconds = records.map(heartbeatOf).find(seconds => seconds !== undefined)
    return records
  }

  async #saveAhead(
    task: UnsavedTask,
    serviceAccount: KintoSession,
    records: Reading[]
  ): Promise<void> {
    const { unsaved, log } = this.#options
    const { taskToken } = task
    const holding = records.filter(reading => reading.taskToken === taskToken)
    const undecided = records.filter(reading => !holding.includes(reading) && !isDecided(reading))
    // Where one task serves several records, only the history can tell a later caller which answer
    // used the token.
    const isOnly = holding.length + undecided.length === 1
    const savable = isOnly
      ? undecided
      : undecided.filter(({ data }) => typeof data['executionArn'] === 'string')
    const saved = await Promise.all(
      savable.map(reading =>
        saveFetchedToken(
          { session: serviceAccount, log },
          { task, reading, dead: undefined },
          this.#options
        )
      )
    )
    for (const outcome of saved) if (outcome instanceof NotRecorded) throw outcome
    if (
      holding.length + savable.length === 0 ||
      savable.length < undecided.length ||
      saved.some(outcome => typeof outcome === 'string')
    ) {
      this.#report(
        task,
        new Error('It names no undecided record of its activity that its token can be saved in.')
      )
    } else if (savable.length === 0) {
      unsaved.release(taskToken)
    } else {
      // A change at the same time may have undone it: it counts as saved only once it was seen.
      setTimeout(() => {
        void this.route(task)
      }, lookAgainMs).unref()
    }
  }

  #report(task: UnsavedTask, err: unknown): void {
    if (this.#reported.has(task)) return
    this.#reported.add(task)
    const { activityArn, named } = task
    this.#options.log.error(
      { err, activityArn, records: [...named.uris.keys(), ...named.ids] },
      'the token of a task is kept in memory: it could not be saved in its record'
    )
  }
}
