export interface SharesOptions {
  /** How much there is for all. */
  size: number
  /** How much of it one caller, or one record, may have at a time. */
  share: number
}

/**
 * Something of which there is only so much, such as memory for bodies, and which nobody may take
 * for themselves alone. Half of it is kept for callers whom Kinto has confirmed.
 */
export class Shares {
  readonly #options: SharesOptions
  readonly #taken = new Map<string, number>()
  #all = 0
  #unconfirmed = 0

  constructor(options: SharesOptions) {
    this.#options = options
  }

  /** What one request takes, and gives back when it is over. */
  holding(key: string, isConfirmed: boolean): Holding {
    return new Holding(this, key, isConfirmed)
  }

  /**
   * Does work with one share.
   * @throws what `refusal` makes when there is none left
   */
  async use<Result>(
    key: string,
    refusal: () => Error,
    work: () => Promise<Result>,
    isConfirmed = true
  ): Promise<Result> {
    if (!this.take(key, 1, isConfirmed)) throw refusal()
    try {
      return await work()
    } finally {
      this.giveBack(key, 1, isConfirmed)
    }
  }

  /** @returns whether it was taken: nothing is when there is too little, in all or for this one */
  take(key: string, amount = 1, isConfirmed = true): boolean {
    const { size, share } = this.#options
    const taken = (this.#taken.get(key) ?? 0) + amount
    if (taken > share || this.#all + amount > size) return false
    if (!isConfirmed && this.#unconfirmed + amount > size / 2) return false
    this.#taken.set(key, taken)
    this.#all += amount
    if (!isConfirmed) this.#unconfirmed += amount
    return true
  }

  /** With the same key, amount and word of Kinto as it was taken. */
  giveBack(key: string, amount = 1, isConfirmed = true): void {
    const left = (this.#taken.get(key) ?? 0) - amount
    if (left > 0) this.#taken.set(key, left)
    else this.#taken.delete(key)
    this.#all -= amount
    if (!isConfirmed) this.#unconfirmed -= amount
  }
}

/** What one request has taken. */
export class Holding {
  readonly #shares: Shares
  readonly #key: string
  readonly #isConfirmed: boolean
  #amount = 0

  constructor(shares: Shares, key: string, isConfirmed: boolean) {
    this.#shares = shares
    this.#key = key
    this.#isConfirmed = isConfirmed
  }

  /** @returns whether it was taken */
  take(amount: number): boolean {
    const isTaken = this.#shares.take(this.#key, amount, this.#isConfirmed)
    if (isTaken) this.#amount += amount
    return isTaken
  }

  /** Gives all of it back. */
  giveBack(): void {
    this.#shares.giveBack(this.#key, this.#amount, this.#isConfirmed)
    this.#amount = 0
  }
}
