import { deadline, within } from '../wait.ts'
import { StepFunctionsError } from './errors.ts'
import type { ExecutionHistory } from './history-part.ts'

/** One look at a history. Those that came together are served by the same pages. */
export class Look {
  /** Milliseconds that it may still take. */
  readonly timeLeft: () => number
  readonly #suffices: (history: ExecutionHistory) => boolean
  readonly #served = Promise.withResolvers<void>()
  #history: ExecutionHistory | undefined

  /** `suffices`: whether this much of a history is enough. All of it always is. */
  constructor(timeoutMs: number, suffices: (history: ExecutionHistory) => boolean) {
    this.timeLeft = deadline(timeoutMs)
    this.#suffices = suffices
  }

  /** Shows it what was read so far. @returns whether it needs more */
  show(history: ExecutionHistory): boolean {
    this.#history = history
    const needsMore = !history.complete && this.timeLeft() > 0 && !this.#suffices(history)
    if (!needsMore) this.#served.resolve()
    return needsMore
  }

  /**
   * What was read when it was enough, when no more could be read, or when the time was up.
   * @throws StepFunctionsError when nothing could be read
   */
  async result(reading: Promise<void>): Promise<ExecutionHistory> {
    await within(this.timeLeft(), Promise.race([this.#served.promise, reading]))
    if (this.#history !== undefined) return this.#history
    throw new StepFunctionsError('unknown', 'TimeoutError', 'the history did not come in time')
  }
}
