import { createHash } from 'node:crypto'

/** Choices that follow from a seed. */
export class Random {
  readonly #seed: string
  #count = 0

  constructor(seed: string) {
    this.#seed = seed
  }

  /** Choices that do not depend on how many are made elsewhere. */
  of(name: string): Random {
    return new Random(`${this.#seed} ${name}`)
  }

  /** At least `from`, less than `to`. */
  between(from: number, to: number): number {
    this.#count += 1
    const hash = createHash('sha256').update(`${this.#seed} ${this.#count}`).digest()
    return from + ((to - from) * hash.readUInt32BE()) / 2 ** 32
  }

  whole(from: number, to: number): number {
    return Math.floor(this.between(from, to))
  }

  /** True with this probability: 0 is never, 1 always. */
  chance(part: number): boolean {
    return this.between(0, 1) < part
  }

  /** @throws if there is nothing to choose from */
  pick<Choice>(choices: readonly Choice[]): Choice {
    for (const choice of choices.slice(this.whole(0, choices.length))) return choice
    throw new Error('There is nothing to choose from.')
  }
}
