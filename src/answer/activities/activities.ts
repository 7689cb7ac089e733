import { tooMany, unavailable } from '../../kinto/errors.ts'
import { recordUri, type RecordRef } from '../../kinto/paths.ts'
import { Shares } from '../../shares.ts'
import type { KintoSession } from '../../kinto/session.ts'
import type { ActivityPolls } from '../../stepfunctions/polls.ts'
import { UnsavedTasks, type UnsavedTask, type UnsavedSummary } from './unsaved.ts'
import { namesRecord } from '../record/match.ts'
import { Polling } from './polling.ts'
import type { Reading } from '../record/reading.ts'
import type { Step } from '../record/record.ts'
import { TaskRouter, type Origin, type RouterOptions } from './routing.ts'
import { savedToken } from './saved-token.ts'
import { WaitingRoom, type Waiter } from './waiting.ts'
import { deadline, pause, within } from '../../wait.ts'

export interface ActivitiesOptions extends Omit<RouterOptions, 'unsaved' | 'room'> {
  polls: ActivityPolls
  /** How long one request waits for its task. */
  waitMs: number
}

/** A request that needs the token of its record's task. */
export interface TokenNeed {
  step: Pick<Step, 'region'>
  ref: RecordRef
  session: KintoSession
  /** A token that is known to be dead. */
  dead: string | undefined
  /** Aborted when the client has left. */
  clientGone: AbortSignal
  timeLeft: () => number
  /** If false, the call does not wait, but begins a poll for the next one. */
  mayWait: boolean
}

/** A token, with the record that holds it or the task that it came with. */
export type FoundToken = { taskToken: string } & ({ reading: Reading } | { task: UnsavedTask })

// By record.
const waits = { size: 1_000, share: 250 }
const rereadMs = 2_000
const lastTryMs = 5_000

/**
 * Brings records and the tasks of their activities together. `GetActivityTask` hands out each token
 * only once, to anybody who asks. So a token that arrives is never dropped: it is used for the
 * record that its input names, saved in it, or kept for it.
 */
export class Activities {
  readonly #options: ActivitiesOptions
  readonly #unsaved = new UnsavedTasks()
  readonly #room = new WaitingRoom()
  readonly #waits = new Shares(waits)
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
   * Waits for the token of a record's task: one that is kept here, one that a poll brings, or one
   * that somebody else saves in the record.
   * @returns undefined when none came within the wait
   * @throws Refusal 503 (too many wait, stopping), StepFunctionsError, KintoRefusal, and the reason
   * of `clientGone`
   */
  async take(activityArn: string, need: TokenNeed): Promise<FoundToken | undefined> {
    const { step, ref, dead } = need
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
    return await this.#waits.use(record, tooMany('answers wait for their tasks'), async () => {
      const waiter = this.#room.enter(activityArn, ref)
      try {
        void this.#router.tryAgain()
        this.#polling.poll({ activityArn, region: step.region, version: ref.version })
        return await this.#wait(need, waiter)
      } finally {
        this.#room.leave(waiter)
      }
    })
  }

  /** The token is in its record now, or was used. */
  release(task: UnsavedTask): void {
    this.#unsaved.release(task.taskToken)
  }

  /**
   * The request that had the task is over. If its token is still saved nowhere, another request may
   * have it.
   */
  disclaim(task: UnsavedTask): void {
    this.#unsaved.disclaim(task.taskToken)
  }

  /** The tasks whose tokens are saved in no record yet. */
  unsaved(): UnsavedTask[] {
    return this.#unsaved.all()
  }

  /** Begins no new poll, and waits until none is open, at most some 65 s. */
  async stopPolling(): Promise<void> {
    await this.#polling.stop()
  }

  /**
   * Tries a last time to save the unsaved tasks, for 5 s. To be called when no request has one of
   * them.
   * @returns the tasks that are saved in no record
   */
  async drain(): Promise<UnsavedSummary[]> {
    this.#retrying.abort()
    await within(lastTryMs, this.#retried)
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
    const toWait = deadline(mayWait ? Math.min(this.#options.waitMs, timeLeft()) : 0)
    for (;;) {
      const paused = pause(Math.min(rereadMs, toWait()), clientGone)
      const task = await Promise.race([arrived.promise, paused])
      if (task !== undefined) return this.#claimed(task, recordUri(ref))
      clientGone.throwIfAborted()
      const saved = await savedToken(session, ref, this.#options.reader)
      if (saved !== undefined && saved.taskToken !== dead) return saved
      if (toWait() === 0) return undefined
    }
  }
}
