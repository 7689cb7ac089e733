import { Shares } from './shares.ts'

type Begin = () => void

/**
 * Who has a place, and who waits for one: each caller's requests in the order of their coming.
 * Callers take turns, and one of them has three quarters of the places at most.
 */
export class Places {
  readonly #shares: Shares
  readonly #waiting = new Map<string, Set<Begin>>()
  #isHandingOut = false

  constructor(most: number) {
    this.#shares = new Shares({ size: most, share: Math.ceil(most * 0.75) })
  }

  /** @returns whether there was a place for this caller */
  take(caller: string): boolean {
    return this.#shares.take(caller)
  }

  leave(caller: string): void {
    this.#shares.giveBack(caller)
    this.#handOut()
  }

  wait(caller: string, begin: Begin): void {
    this.#waiting.set(caller, (this.#waiting.get(caller) ?? new Set()).add(begin))
  }

  giveUp(caller: string, begin: Begin): void {
    const requests = this.#waiting.get(caller)
    requests?.delete(begin)
    if (requests?.size === 0) this.#waiting.delete(caller)
  }

  // A request may end at once, so this is a loop: calls would pile up.
  #handOut(): void {
    if (this.#isHandingOut) return
    this.#isHandingOut = true
    for (let begin = this.#next(); begin !== undefined; begin = this.#next()) begin()
    this.#isHandingOut = false
  }

  /** The first request of the caller whose turn it is. Then it is the next caller's. */
  #next(): Begin | undefined {
    for (const [caller, requests] of this.#waiting) {
      if (!this.take(caller)) continue
      this.#waiting.delete(caller)
      this.#waiting.set(caller, requests)
      const [begin] = requests
      return begin
    }
    return undefined
  }
}
