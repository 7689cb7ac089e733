import { Places } from '../places.ts'

/** Who reads what, and how. `key`: readings with the same one have the same outcome. */
interface Wish<Result> {
  caller: string
  /** Undefined for a reading that nobody else may share. */
  key: string | undefined
  read: () => Promise<Result>
}

/**
 * Lets `most` readings go on at one time. Others wait for their turn, by caller. Those that wait
 * for the same are one. A reading that has begun is not shared: who comes then may have changed
 * something meanwhile.
 */
export class Readings<Result> {
  readonly #places: Places
  readonly #waiting = new Map<string, Promise<Result>>()

  constructor(most: number) {
    this.#places = new Places(most)
  }

  /** @throws what `read` throws */
  async read(wish: Wish<Result>): Promise<Result> {
    const { key } = wish
    const waiting = key === undefined ? undefined : this.#waiting.get(key)
    if (waiting !== undefined) return await waiting
    const reading = this.#whenPlaced(wish)
    if (key !== undefined) this.#waiting.set(key, reading)
    return await reading
  }

  async #whenPlaced({ caller, key, read }: Wish<Result>): Promise<Result> {
    await this.#place(caller)
    if (key !== undefined) this.#waiting.delete(key)
    try {
      return await read()
    } finally {
      this.#places.leave(caller)
    }
  }

  async #place(caller: string): Promise<void> {
    if (this.#places.take(caller)) return
    const { promise, resolve } = Promise.withResolvers<undefined>()
    const begin = (): void => {
      this.#places.giveUp(caller, begin)
      resolve(undefined)
    }
    this.#places.wait(caller, begin)
    await promise
  }
}
