export interface KeptOpenTimes {
  /** How long a connection must rest, still open, as the proof. */
  proofMs: number
  /** How long after its last response a connection may be used for what cannot be repeated. */
  useMs: number
  /** After Kinto was seen to close a connection in that time, no proof counts for so long. */
  doubtMs: number
}

export const usualKeptOpenTimes: KeptOpenTimes = { proofMs: 2_000, useMs: 1_000, doubtMs: 60_000 }

/**
 * Whether Kinto's server leaves connections open after a response, found out by what it does. Some
 * servers, such as uWSGI's, close each one without saying so, and a request that is on its way by
 * then is lost: https://www.rfc-editor.org/rfc/rfc9112.html#section-9.6
 *
 * The proof is a witness: one connection that rests after its response, and is open `proofMs`
 * later. The proof is void when any connection ends unannounced, and when none is left: another
 * server may answer next.
 */
export class KeptOpen<Connection extends object> {
  readonly #times: KeptOpenTimes
  #isProven = false
  #doubtedUntil = 0
  #witness: { connection: Connection; timer: NodeJS.Timeout } | undefined

  constructor(times: KeptOpenTimes) {
    this.#times = times
  }

  /** Whether what cannot be repeated may use a connection that responded at `respondedAt`. */
  mayUse(respondedAt: number): boolean {
    return this.#isProven && performance.now() - respondedAt <= this.#times.useMs
  }

  /**
   * Takes a connection as the witness, if one is needed. It must not be used until `giveBack`.
   * @returns whether it did
   */
  watch(connection: Connection, giveBack: () => void): boolean {
    if (this.#isProven || this.#witness !== undefined || performance.now() < this.#doubtedUntil)
      return false
    const timer = setTimeout(() => {
      this.#witness = undefined
      this.#isProven = performance.now() >= this.#doubtedUntil
      giveBack()
    }, this.#times.proofMs).unref()
    this.#witness = { connection, timer }
    return true
  }

  /** A connection has ended unannounced, whose last response came at `respondedAt`. */
  endedUnannounced(respondedAt: number): void {
    this.#isProven = false
    const now = performance.now()
    if (now - respondedAt <= this.#times.useMs) this.#doubtedUntil = now + this.#times.doubtMs
  }

  /** A connection is gone, however it ended. `left`: how many there still are. */
  gone(connection: Connection, left: number): void {
    if (left === 0) this.#isProven = false
    if (this.#witness?.connection !== connection) return
    clearTimeout(this.#witness.timer)
    this.#witness = undefined
  }
}
