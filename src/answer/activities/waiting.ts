import { recordUri, type RecordRef } from '../../kinto/paths.ts'
import type { UnsavedTask } from './unsaved.ts'
import { namesRecord } from '../record/match.ts'

/** A request that waits for its record's task. */
export interface Waiter {
  activityArn: string
  ref: RecordRef
  arrived: PromiseWithResolvers<UnsavedTask>
}

/** Everybody who waits for a task of an activity, in the order in which they came. */
export class WaitingRoom {
  readonly #waiters = new Set<Waiter>()

  get size(): number {
    return this.#waiters.size
  }

  enter(activityArn: string, ref: RecordRef): Waiter {
    const waiter = { activityArn, ref, arrived: Promise.withResolvers<UnsavedTask>() }
    // A wait may have ended for another reason by the time it fails.
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

  /** Hands the task to those who wait for the first of its records that somebody waits for. False when nobody does. */
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

  /** Ends the wait of everybody at an activity. */
  fail(activityArn: string, error: unknown): void {
    for (const waiter of this.of(activityArn)) {
      this.leave(waiter)
      waiter.arrived.reject(error)
    }
  }
}
