import type { Part } from '../../../demo/parts/process.ts'

/** A part that can be ended, and started again at the same address. */
export interface Restartable<Running extends Part> {
  /** As it runs now, or ran last. */
  readonly part: Running
  /**
   * Resolves when it has ended. SIGTERM lets it end by itself, within its grace period.
   * @returns its exit code, or null after a signal
   */
  end: (signal: 'SIGTERM' | 'SIGKILL') => Promise<number | null>
  /** Resolves when it is ready. */
  start: () => Promise<void>
}

/** Starts it for the first time. */
export async function startRestartable<Running extends Part>(
  begin: () => Promise<Running>
): Promise<Restartable<Running>> {
  let part = await begin()
  return {
    get part() {
      return part
    },
    async end(signal) {
      if (signal === 'SIGTERM') await part.stop()
      else part.kill(signal)
      return await part.exited
    },
    async start() {
      part = await begin()
    }
  }
}
