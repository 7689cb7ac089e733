/** Counts what the clients got, and collects everything that must not happen. */
export class Ledger {
  /** By kind of request, then by its outcome: a status, or words. */
  readonly requests = new Map<string, Map<string, number>>()
  /** By kind of request: the longest time that one took, in milliseconds. */
  readonly longest = new Map<string, number>()
  /** By kind: everything that goes wrong but is allowed while a part is away. */
  readonly errors = new Map<string, number>()
  /** By part, and how it was stopped. */
  readonly restarts = new Map<string, number>()
  /** Connections to Kinto that were closed unannounced. */
  readonly closes = new Map<string, number>()
  readonly #violations = new Map<string, { first: string; times: number }>()

  request(kind: string, outcome: string, milliseconds: number): void {
    const outcomes = this.requests.get(kind) ?? new Map<string, number>()
    this.requests.set(kind, outcomes)
    count(outcomes, outcome)
    this.longest.set(kind, Math.max(this.longest.get(kind) ?? 0, milliseconds))
  }

  error(kind: string): void {
    count(this.errors, kind)
  }

  restart(what: string): void {
    count(this.restarts, what)
  }

  close(when: string): void {
    count(this.closes, when)
  }

  /** `what` is the same for all violations of a kind; `details` belong to one of them. */
  violation(what: string, details: unknown): void {
    const known = this.#violations.get(what)
    if (known === undefined)
      this.#violations.set(what, {
        first: `${new Date().toISOString()} ${JSON.stringify(details)}`,
        times: 1
      })
    else known.times += 1
  }

  /** A sentence for each kind, with the details of its first violation. */
  get violations(): string[] {
    return [...this.#violations].map(
      ([what, { first, times }]) => `${what}${times === 1 ? '' : ` (${times} times)`}: ${first}`
    )
  }

  /** Requests of all kinds. */
  get total(): number {
    return this.requests
      .values()
      .flatMap(outcomes => outcomes.values())
      .reduce((sum, times) => sum + times, 0)
  }
}

function count(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1)
}
