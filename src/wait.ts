import { setTimeout as sleep } from 'node:timers/promises'

/** Waits for `ms` milliseconds, or until the work is `stopped`. Does not keep the process alive. */
export async function pause(ms: number, stopped: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: stopped, ref: false }).catch(() => undefined)
}
