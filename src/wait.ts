import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises'

/** Waits for `ms` milliseconds, or until the work is `stopped`. Does not keep the process alive. */
export async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stopped, ref: false }).catch(() => undefined)
}

/**
 * Turns of the event loop, for work that takes long in one piece: one piece a turn, so that the
 * service does all else in between, however many pieces there are.
 */
export class Turns {
  #last = Promise.resolve()

  /** Resolves when it is the turn of the next piece. */
  next(): Promise<void> {
    this.#last = this.#last.then(() => nextLoop())
    return this.#last
  }
}
