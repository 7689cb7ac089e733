import { unavailable } from '../../kinto/errors.ts'
import type { ActivityPolls } from '../../stepfunctions/polls.ts'
import type { Log } from '../../log.ts'
import { backoff, pause } from '../../wait.ts'
import type { Origin, TaskRouter } from './routing.ts'
import type { WaitingRoom } from './waiting.ts'

export interface PollingOptions {
  polls: ActivityPolls
  router: TaskRouter
  room: WaitingRoom
  log: Log
}

const pauses = { firstMs: 1_000, longestMs: 30_000 }
const emptyPauseMs = 100

// So many tasks are looked up in Kinto side by side.
const maxRoutes = 8

/**
 * Polls activities: watched ones all the time, others while somebody waits for their tasks. Each
 * has one loop, and so one poll at a time.
 */
export class Polling {
  readonly #options: PollingOptions
  readonly #watched = new Set<string>()
  readonly #loops = new Map<string, Promise<void>>()
  readonly #routes = new Set<Promise<void>>()
  readonly #stopped = new AbortController()

  constructor(options: PollingOptions) {
    this.#options = options
  }

  get stopping(): boolean {
    return this.#stopped.signal.aborted
  }

  /**
   * Takes every task of an activity as it comes. The clock of the state's `TimeoutSeconds` starts
   * when the task is taken.
   */
  watch(origin: Origin): void {
    this.#watched.add(origin.activityArn)
    this.poll(origin)
  }

  /** Polls for the requests that wait at the activity now. */
  poll(origin: Origin): void {
    if (!this.#loops.has(origin.activityArn))
      this.#loops.set(origin.activityArn, this.#loop(origin))
  }

  /** Begins no new poll, and waits for those that are open, at most some 65 s. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await Promise.all(this.#loops.values())
    await Promise.all(this.#routes)
  }

  async #loop(origin: Origin): Promise<void> {
    const { activityArn } = origin
    const { room } = this.#options
    for (let failures = 0; this.#isNeeded(activityArn);) {
      if (await this.#once(origin)) failures = 0
      else if (this.#watched.has(activityArn))
        await pause(backoff(pauses, failures++), this.#stopped.signal)
    }
    this.#loops.delete(activityArn)
    room.fail(activityArn, unavailable('The service is stopping.', { retryAfter: 1 }))
  }

  #isNeeded(activityArn: string): boolean {
    return (
      !this.stopping &&
      (this.#watched.has(activityArn) || this.#options.room.of(activityArn).length > 0)
    )
  }

  // This task may be the one that somebody waits for, and then no further poll is wanted. The next
  // task of a watched activity need not wait for that.
  async #route(routed: Promise<void>, activityArn: string): Promise<void> {
    if (!this.#watched.has(activityArn)) return await routed
    const route = routed.finally(() => {
      this.#routes.delete(route)
    })
    this.#routes.add(route)
    if (this.#routes.size >= maxRoutes) await Promise.race(this.#routes)
  }

  /** @returns whether the poll went well, with a task or without one. */
  async #once(origin: Origin): Promise<boolean> {
    const { activityArn, region } = origin
    const { polls, router, room, log } = this.#options
    try {
      const task = await polls.poll(activityArn, region)
      // AWS holds a poll open for a minute before it says that there is no task. An emulator may
      // say so at once.
      if (task === undefined) await pause(emptyPauseMs)
      else await this.#route(router.receive(task, origin), activityArn)
      return true
    } catch (error) {
      log.warn({ err: error, activityArn }, 'an activity could not be polled')
      room.fail(activityArn, error)
      return false
    }
  }
}
