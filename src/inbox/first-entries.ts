import type { Placed } from './entry.ts'

/** Counts entries, one for each record, and keeps those that come first in their order. */
export class FirstEntries {
  readonly #most: number
  #entries = new Map<string, Placed>()
  /** Whether there are, or may be, more than were counted. */
  isCut = false

  constructor(most: number) {
    this.#most = most
  }

  /** Of two entries of one record, read at two moments, the newer one counts. */
  add(placed: Placed): void {
    const { record } = placed.entry
    const other = this.#entries.get(record)
    if (other !== undefined && other.version > placed.version) return
    this.#entries.set(record, placed)
    // Some more may come before they are sorted.
    if (this.#entries.size <= this.#most * 1.2) return
    this.#entries = new Map(this.#first().map(first => [first.entry.record, first]))
    this.isCut = true
  }

  /** The number of entries; one more than the most where there are more. */
  get total(): number {
    return this.isCut ? this.#most + 1 : Math.min(this.#entries.size, this.#most + 1)
  }

  get entries(): Placed['entry'][] {
    return this.#first().map(({ entry }) => entry)
  }

  #first(): Placed[] {
    return [...this.#entries.values()].toSorted(compare).slice(0, this.#most)
  }
}

function compare(a: Placed, b: Placed): number {
  const [first, second] = [a.place, b.place]
  if (first[0] !== second[0]) return first[0] < second[0] ? -1 : 1
  if (first[1] !== second[1]) return first[1] < second[1] ? -1 : 1
  return a.entry.record < b.entry.record ? -1 : 1
}
