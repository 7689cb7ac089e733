import type { Log } from './log.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { ActivityTask } from '../stepfunctions/polls.ts'
import type { HeldTask, HeldTasks } from './held.ts'
import { AmbiguousId, locateRecords, type Located } from './locate.ts'
import { namedRecords } from './match.ts'
import { readDecision } from './record.ts'
import { inScope, type Resource } from './scope.ts'
import { saveToken } from './update.ts'
import type { WaitingRoom } from './waiting.ts'

export interface RouterOptions {
  held: HeldTasks
  room: WaitingRoom
  /** Kinto, with the service's own account; undefined without `kinto_authorization`. */
  own: (() => KintoSession) | undefined
  resources: readonly Resource[]
  log: Log
}

/** Finds out whose a task is: its token goes to who waits for the record, or into the record, or stays held. */
export class TaskRouter {
  readonly #options: RouterOptions

  constructor (options: RouterOptions) {
    this.#options = options
  }

  /** Takes a task that a poll brought. From here on its token is held until it is saved or used. */
  async receive ({ taskToken, input }: ActivityTask, activityArn: string, version: string): Promise<void> {
    const { held, resources } = this.#options
    const task = { taskToken, activityArn, named: namedRecords(input, ref => inScope(resources, ref)), takenAt: Date.now() }
    held.keep(task)
    await this.route(task, version)
  }

  /** Never throws: a task whose records cannot be found or written stays held, and the log says so. */
  async route (task: HeldTask, version: string): Promise<void> {
    const { room, own, resources, log } = this.#options
    const { activityArn, named } = task
    try {
      const records = own === undefined ? [] : await locateRecords(own(), version, named, activityArn, resources)
      if (!room.hand(task) && own !== undefined) await this.#saveAhead(task, own(), records)
    } catch (error) {
      if (error instanceof AmbiguousId) {
        log.error({ err: error, activityArn, ids: [...named.ids] }, 'a task names its record by an id that stands in several collections: its token is kept in memory')
      } else {
        log.error({ err: error, activityArn }, 'the records that a task names could not be read or written: its token is kept in memory')
        room.hand(task)
      }
    }
  }

  async #saveAhead (task: HeldTask, own: KintoSession, records: Located[]): Promise<void> {
    const { held, log } = this.#options
    const { activityArn, taskToken, named } = task
    const undecided = records.filter(({ data }) => readDecision(data) === undefined)
    // Where one task serves several records, only the history can tell a later caller whose answer used the token.
    const savable = undecided.length === 1 ? undecided : undecided.filter(({ data }) => typeof data['executionArn'] === 'string')
    for (const { ref } of savable) await saveToken({ own, caller: undefined, log }, ref, taskToken)
    if (savable.length > 0 && savable.length === undecided.length) held.release(taskToken)
    else log.warn({ activityArn, records: [...named.uris.keys(), ...named.ids] }, 'a task names no undecided record that its token can be saved in: it is kept in memory')
  }
}
