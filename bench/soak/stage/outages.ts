/** A service by its name. */
export type ServiceName = 'main' | 'replica' | 'emulated'

export type Part = 'Kinto' | 'Step Functions' | 'the emulator' | ServiceName

interface Outage {
  part: Part
  from: number
  to: number
  /** Whether it was asked to stop, so that it ends by itself what it has begun. */
  inOrder: boolean
}

// A request that was sent this long before may not have been read yet
const unreadMs = 2_000

/** The times when a part was away, or did something wrong. Only then may the service fail. */
export class Outages {
  readonly #all: Outage[] = []

  /**
   * The part is away from now on.
   * @returns a function that ends this
   */
  begin(part: Part, { inOrder = false } = {}): () => void {
    const outage = { part, from: Date.now(), to: Infinity, inOrder }
    this.#all.push(outage)
    return () => {
      outage.to = Date.now()
    }
  }

  isAway(part: Part): boolean {
    return this.#all.some(outage => outage.part === part && outage.to === Infinity)
  }

  /** Whether one of the parts was away at some time since `from`. */
  since(from: number, ...parts: readonly Part[]): boolean {
    return this.#all.some(outage => parts.includes(outage.part) && outage.to >= from)
  }

  /** Whether a service may have left a request without an answer that was sent at `from`. */
  mayHaveCut(from: number, service: ServiceName): boolean {
    return this.#all.some(
      outage =>
        outage.part === service &&
        outage.to >= from &&
        (!outage.inOrder || from >= outage.from - unreadMs)
    )
  }
}
