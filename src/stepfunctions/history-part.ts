import type { GetExecutionHistoryOutput, HistoryEvent } from '@aws-sdk/client-sfn'
import { tellsOfWaiting, waitingSteps, type WaitingStep } from './waiting-steps.ts'

export interface ExecutionHistory {
  execution: 'running' | 'succeeded' | 'failed' | 'timed out' | 'aborted'
  /** Newest first. */
  steps: WaitingStep[]
  /** Whether every event was read: only then does a missing step prove anything. */
  complete: boolean
}

const ends = new Map<string | undefined, ExecutionHistory['execution']>([
  ['ExecutionSucceeded', 'succeeded'],
  ['ExecutionFailed', 'failed'],
  ['ExecutionTimedOut', 'timed out'],
  ['ExecutionAborted', 'aborted']
])

/** An unbroken part of an execution's history, from its newest event back. Events never change. */
export class HistoryPart {
  /** Those that tell of steps that wait, newest first. */
  readonly events: readonly HistoryEvent[]
  readonly newest: HistoryEvent | undefined
  /** AWS's token for the page before it. Undefined where there is none. */
  readonly older: string | undefined
  /** About as many characters as are kept for it. */
  readonly size: number
  readonly #oldest: number

  private constructor(
    events: readonly HistoryEvent[],
    newest: HistoryEvent | undefined,
    { older, oldest }: { older: string | undefined; oldest: number },
    size: number
  ) {
    this.events = events
    this.newest = newest
    this.older = older
    this.size = size
    this.#oldest = oldest
  }

  get history(): ExecutionHistory {
    return {
      execution: ends.get(this.newest?.type) ?? 'running',
      steps: waitingSteps(this.events),
      complete: this.older === undefined
    }
  }

  /** A page. */
  static of({ events = [], nextToken }: GetExecutionHistoryOutput): HistoryPart {
    const telling = events.filter(tellsOfWaiting)
    const oldest = Math.min(Infinity, ...events.map(({ id = 0 }) => id))
    const size = JSON.stringify(telling).length
    return new HistoryPart(telling, events[0], { older: nextToken, oldest }, size)
  }

  /** This part, with the one before it. The two may overlap: an execution goes on meanwhile. */
  followedBy(before: HistoryPart): HistoryPart {
    const added = before.events.filter(({ id = 0 }) => id < this.#oldest)
    const oldest = Math.min(this.#oldest, before.#oldest)
    return new HistoryPart(
      [...this.events, ...added],
      this.newest,
      { older: before.older, oldest },
      this.size + before.size
    )
  }

  /**
   * This part, which ends with `page`, and the one that was read `earlier`, where the newest event
   * of that one is in the page. (A new execution may have the ARN of an old one.)
   */
  joined(
    earlier: HistoryPart | undefined,
    { events = [] }: GetExecutionHistoryOutput
  ): HistoryPart {
    const { newest } = earlier ?? {}
    const isSame = events.some(
      ({ id, timestamp }) =>
        id === newest?.id && timestamp?.getTime() === newest?.timestamp?.getTime()
    )
    return earlier !== undefined && isSame && earlier.#oldest < this.#oldest
      ? this.followedBy(earlier)
      : this
  }
}
