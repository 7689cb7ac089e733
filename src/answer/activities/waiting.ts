import { recordUri, type RecordRef } from '../../kinto/paths.ts'
import type { UnsavedTask } from './unsaved.ts'
import { namesRecord } from '../record/match.ts'

/** A request that waits for its record's task. */
export interface Waiter {
  activityArn: string
  ref: RecordRef
  arrived: PromiseWithResolvers<UnsavedTask>
}

/** The requests that wait for tasks, in the order in which they came. */
export class WaitingRoom {
  readonly #waiters = new Set<Waiter>()

  enter(activityArn: string, ref: RecordRef): Waiter {
    const waiter = { activityArn, ref, arrived: Promise.withResolvers<UnsavedTask>() }
    // The wait may have ended for another reason before it fails.
    waiter.arrived.promise.catch(() => undefined)
    this.#waiters.add(waiter)
    return waiter
  }

  leave(waiter: Waiter): void {
    this.#waiters.delete(waiter)
  }

  of(activityArn: string): Waiter[] {
    return [...this.#waiters].filter(waiter => waiter.activityArn === activityArn)
  }

  /**
   * Hands a task over for one record: the first in the room that the task names. Every request that
   * waits for this record gets it.
   * @returns false when nobody waits for any record of the task
   */
  hand(task: UnsavedTask): boolean {
    const waiters = this.of(task.activityArn)
    const first = waiters.find(({ ref }) => namesRecord(task.named, ref))
    if (first === undefined) return false
    const same = waiters.filter(({ ref }) => recordUri(ref) === recordUri(first.ref))
    for (const waiter of same) {
      this.leave(waiter)
      waiter.arrived.resolve(task)
    }
    return true
  }

  /** Ends every wait at an activity. */
  fail(activityArn: string, error: unknown): void {
    for (const waiter of this.of(activityArn)) {
      this.leave(waiter)
      waiter.arrived.reject(error)
    }
  }
}
