export type Part = 'Kinto' | 'Step Functions' | 'the emulator'

interface Outage {
  part: Part
  from: number
  to: number
}

/** The times when a part was away, or did something wrong. Only then may the service fail. */
export class Outages {
  readonly #all: Outage[] = []

  /**
   * The part is away from now on.
   * @returns a function that ends this
   */
  begin(part: Part): () => void {
    const outage = { part, from: Date.now(), to: Infinity }
    this.#all.push(outage)
    return () => {
      outage.to = Date.now()
    }
  }

  /** Whether one of the parts was away at some time since `from`. */
  since(from: number, ...parts: Part[]): boolean {
    return this.#all.some(outage => parts.includes(outage.part) && outage.to >= from)
  }
}
