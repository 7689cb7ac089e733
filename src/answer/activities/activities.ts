import { setTimeout as sleep } from 'node:timers/promises'
import { unavailable } from '../../kinto/errors.ts'
import { recordUri, type RecordRef } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import type { ActivityPolls } from '../../stepfunctions/polls.ts'
import { UnsavedTasks, type UnsavedTask, type UnsavedSummary } from './unsaved.ts'
import { namesRecord } from '../record/match.ts'
import { Polling } from './polling.ts'
import type { Reading } from '../record/reading.ts'
import { TaskRouter, type Origin, type RouterOptions } from './routing.ts'
import { savedToken } from './saved-token.ts'
import { WaitingRoom, type Waiter } from './waiting.ts'

export interface ActivitiesOptions extends Omit<RouterOptions, 'unsaved' | 'room'> {
  polls: ActivityPolls
  /** How long one request waits for its task. */
  waitMs: number
}

/** A record that needs the token of its activity's task. */
export interface TokenNeed {
  activityArn: string
  region: string
  ref: RecordRef
  session: KintoSession
  /** A token that is known to be dead. */
  dead: string | undefined
  /** Aborted when the client has left. */
  clientGone: AbortSignal
  timeLeft: () => number
  /** Without, a poll is begun for the next one who asks. */
  mayWait: boolean
}

/** A token, and the record that it was found in, or the task that it came with. */
export type FoundToken = { taskToken: string } & ({ reading: Reading } | { task: UnsavedTask })

const maxWaiting = 1_000
const rereadMs = 2_000
const lastTryMs = 5_000

/**
 * Brings records and the tasks of their activities together. `GetActivityTask` hands out each token once, to whoever asks, so a
 * token that arrives is used for, saved in, or kept for the record that its input names, and never dropped.
 */
export class Activities {
  readonly #options: ActivitiesOptions
  readonly #unsaved = new UnsavedTasks()
  readonly #room = new WaitingRoom()
  readonly #router: TaskRouter
  readonly #polling: Polling
  readonly #retrying = new AbortController()
  readonly #retried: Promise<void>

  constructor(options: ActivitiesOptions) {
    const { polls, log } = options
    this.#options = options
    this.#router = new TaskRouter({ ...options, unsaved: this.#unsaved, room: this.#room })
    this.#polling = new Polling({ polls, log, router: this.#router, room: this.#room })
    this.#retried =
      options.serviceAccount === undefined
        ? Promise.resolve()
        : this.#router.keepTrying(this.#retrying.signal)
  }

  /** Takes every task of an activity as it comes, so that no answer has to wait for it. */
  watch(origin: Origin): void {
    this.#polling.watch(origin)
  }

  /**
   * Waits for the token of a record's task: one kept here, one that a poll brings, or one that somebody else saves in the record.
   * @returns undefined when none came within the wait.
   * @throws Refusal 503 (too many wait, stopping), StepFunctionsError, KintoRefusal, and the reason of `clientGone`
   */
  async take(need: TokenNeed): Promise<FoundToken | undefined> {
    const { activityArn, region, ref, dead } = need
    const record = recordUri(ref)
    const kept = this.#unsaved
      .of(activityArn)
      .find(
        ({ taskToken, named, ambiguous }) =>
          ambiguous !== true &&
          taskToken !== dead &&
          namesRecord(named, ref) &&
          [undefined, record].includes(this.#unsaved.claimedFor(taskToken))
      )
    if (kept !== undefined) return this.#claimed(kept, record)
    if (this.#polling.stopping) throw unavailable('The service is stopping.', { retryAfter: 1 })
    if (this.#room.size >= maxWaiting)
      throw unavailable('Too many answers wait for their tasks. Try again in a moment.', {
        retryAfter: 5
      })
    const waiter = this.#room.enter(activityArn, ref)
    try {
      void this.#router.tryAgain()
      this.#polling.poll({ activityArn, region, version: ref.version })
      return await this.#wait(need, waiter)
    } finally {
      this.#room.leave(waiter)
    }
  }

  /** The token is in its record now. */
  release(task: UnsavedTask): void {
    this.#unsaved.release(task.taskToken)
  }

  /** The request that had the task in hand is over: if its token is still saved nowhere, anybody may have it. */
  disclaim(task: UnsavedTask): void {
    this.#unsaved.disclaim(task.taskToken)
  }

  /** The tasks whose tokens are saved in no record yet. */
  unsaved(): UnsavedTask[] {
    return this.#unsaved.all()
  }

  /** Waits until no poll is open (at most some 65 s); no new one is begun. */
  async stopPolling(): Promise<void> {
    await this.#polling.stop()
  }

  /** Tries a last time to save the unsaved tasks, for 5 s, when no request has any of it in hand. @returns what is saved in no record. */
  async drain(): Promise<UnsavedSummary[]> {
    this.#retrying.abort()
    await Promise.race([this.#retried, sleep(lastTryMs, undefined, { ref: false })])
    return this.#unsaved.summaries()
  }

  #claimed(task: UnsavedTask, record: string): FoundToken {
    this.#unsaved.claim(task.taskToken, record)
    return { taskToken: task.taskToken, task }
  }

  async #wait(
    { session, ref, dead, clientGone, timeLeft, mayWait }: TokenNeed,
    { arrived }: Waiter
  ): Promise<FoundToken | undefined> {
    const end = Date.now() + (mayWait ? Math.min(this.#options.waitMs, timeLeft()) : 0)
    for (;;) {
      const pause = Math.max(0, Math.min(rereadMs, end - Date.now()))
      const task = await Promise.race([
        arrived.promise,
        sleep(pause, undefined, { signal: clientGone })
      ])
      if (task !== undefined) return this.#claimed(task, recordUri(ref))
      const saved = await savedToken(session, ref, this.#options.reader)
      if (saved !== undefined && saved.taskToken !== dead) return saved
      if (Date.now() >= end) return undefined
    }
  }
}
