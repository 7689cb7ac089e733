/**
 * Runs one task at a time. Callers take turns: with many tasks in line one does not keep others
 * waiting for all of them.
 */
export class FairLine {
  /** Those who wait, by caller, in the order of the callers' turns. */
  readonly #waiting = new Map<string, (() => void)[]>()
  #isBusy = false

  async run<T>(caller: string, task: () => Promise<T>): Promise<T> {
    if (this.#isBusy) await this.#turn(caller)
    this.#isBusy = true
    try {
      return await task()
    } finally {
      this.#next()
    }
  }

  async #turn(caller: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiting = this.#waiting.get(caller)
    if (waiting === undefined) this.#waiting.set(caller, [resolve])
    else waiting.push(resolve)
    await promise
  }

  #next(): void {
    const [first] = this.#waiting
    if (first === undefined) {
      this.#isBusy = false
      return
    }
    const [caller, waiting] = first
    waiting.shift()?.()
    this.#waiting.delete(caller)
    if (waiting.length > 0) this.#waiting.set(caller, waiting)
  }
}
