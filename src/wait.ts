import { setImmediate as nextLoop, setTimeout as sleep } from 'node:timers/promises'

/** How pauses between attempts grow, in milliseconds. */
export interface Pauses {
  firstMs: number
  longestMs: number
}

/**
 * Milliseconds to wait after the attempt of this number, counted from 0. The bound doubles each
 * time; the pause is anything below it ("full jitter"), so that those who failed together do not
 * come again together:
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function backoff({ firstMs, longestMs }: Pauses, attempt: number): number {
  return Math.random() * Math.min(longestMs, firstMs * 2 ** attempt)
}

/**
 * Tells the milliseconds that are left of `ms`, counted from this call; never less than 0. It goes
 * by the monotonic clock: a step of the system's clock ends nothing.
 */
export function deadline(ms: number): () => number {
  const end = performance.now() + ms
  return () => Math.max(0, end - performance.now())
}

/**
 * Waits for `ms` milliseconds, or until the work is `stopped`. Work that can be stopped does not
 * keep the process alive.
 */
export async function pause(ms: number, stopped?: AbortSignal): Promise<void> {
  const keepsAlive = { ref: stopped === undefined }
  await sleep(Math.max(0, ms), undefined, { ...keepsAlive, signal: stopped }).catch(() => undefined)
}

/** Waits for work, at most `ms` milliseconds. Does not keep the process alive. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const done = new AbortController()
  try {
    await Promise.race([work, pause(ms, done.signal)])
  } finally {
    done.abort()
  }
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
