export type Part = 'Kinto' | 'Step Functions' | 'the emulator'

interface Outage {
  part: Part
  from: number
  to: number
}

/** When which part was away, or did something wrong. Only then may the service fail. */
export class Outages {
  readonly #all: Outage[] = []

  /** From now on, until the function that it returns is called. */
  begin(part: Part): () => void {
    const outage = { part, from: Date.now(), to: Infinity }
    this.#all.push(outage)
    return () => {
      outage.to = Date.now()
    }
  }

  /** Whether one of the parts was away at some time since then. */
  since(from: number, ...parts: Part[]): boolean {
    return this.#all.some(outage => parts.includes(outage.part) && outage.to >= from)
  }
}
