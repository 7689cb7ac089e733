import type { Placed } from './entry.ts'

/** Counts entries, and keeps those that come first in their order. */
export class FirstEntries {
  readonly #most: number
  #entries: Placed[] = []
  #count = 0
  /** Whether there may be more than were counted. */
  isCut = false

  constructor(most: number) {
    this.#most = most
  }

  add(placed: Placed): void {
    this.#count += 1
    this.#entries.push(placed)
    // As many again may come before they are sorted.
    if (this.#entries.length >= this.#most * 2) this.#entries = this.#first()
  }

  /** The number of entries; one more than the most where there are more. */
  get total(): number {
    return this.isCut ? this.#most + 1 : Math.min(this.#count, this.#most + 1)
  }

  get entries(): Placed['entry'][] {
    return this.#first().map(({ entry }) => entry)
  }

  #first(): Placed[] {
    return this.#entries.toSorted(compare).slice(0, this.#most)
  }
}

function compare(a: Placed, b: Placed): number {
  const [first, second] = [a.place, b.place]
  if (first[0] !== second[0]) return first[0] < second[0] ? -1 : 1
  if (first[1] !== second[1]) return first[1] < second[1] ? -1 : 1
  return a.entry.record < b.entry.record ? -1 : 1
}
