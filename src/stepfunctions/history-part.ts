import type { GetExecutionHistoryOutput, HistoryEvent } from '@aws-sdk/client-sfn'
import { tellsOfWaiting } from './waiting-steps.ts'

/** An unbroken part of an execution's history, from its newest event back. Events never change. */
export class HistoryPart {
  /** Those that tell of steps that wait, newest first. */
  readonly events: readonly HistoryEvent[]
  /** AWS's token for the page before it. Undefined where there is none. */
  readonly older: string | undefined
  /** About as many characters as are kept for it. */
  readonly size: number
  readonly #newest: number
  readonly #oldest: number

  private constructor(
    events: readonly HistoryEvent[],
    older: string | undefined,
    range: { newest: number; oldest: number },
    size: number
  ) {
    this.events = events
    this.older = older
    this.size = size
    this.#newest = range.newest
    this.#oldest = range.oldest
  }

  /** The newest page. */
  static of({ events = [], nextToken }: GetExecutionHistoryOutput): HistoryPart {
    const ids = events.map(({ id = 0 }) => id)
    const telling = events.filter(tellsOfWaiting)
    return new HistoryPart(
      telling,
      nextToken,
      { newest: Math.max(0, ...ids), oldest: Math.min(Infinity, ...ids) },
      JSON.stringify(telling).length
    )
  }

  /** This part, with the page before it. */
  followedBy(page: GetExecutionHistoryOutput): HistoryPart {
    return this.#with(HistoryPart.of(page))
  }

  /**
   * This part, with one that was read earlier: where there is no gap between them, and that one
   * reaches further back.
   */
  joined(earlier: HistoryPart | undefined): HistoryPart {
    return earlier !== undefined &&
      earlier.#newest >= this.#oldest - 1 &&
      earlier.#oldest < this.#oldest
      ? this.#with(earlier)
      : this
  }

  // The two may overlap: an execution goes on between the pages.
  #with(before: HistoryPart): HistoryPart {
    const added = before.events.filter(({ id = 0 }) => id < this.#oldest)
    return new HistoryPart(
      [...this.events, ...added],
      before.older,
      { newest: this.#newest, oldest: Math.min(this.#oldest, before.#oldest) },
      this.size + before.size
    )
  }
}
