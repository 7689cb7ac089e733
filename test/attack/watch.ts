import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Test } from 'tap'

/** What an operator saw of a process, since they were asked the last time. */
export interface Seen {
  /** The longest time in which nothing else was done, in milliseconds. */
  heldMs: number
  /** The longest time until `/live` was answered, in milliseconds. */
  liveMs: number
  /** The most resident memory. */
  bytes: number
}

const watcherFile = fileURLToPath(import.meta.resolve('./watcher.ts'))

/**
 * Watches a process from another one.
 * @returns what tells what was seen
 */
export function watch(t: Test, adminUrl: string): () => Promise<Seen> {
  const watcher = fork(watcherFile, [adminUrl], { detached: true })
  t.teardown(() => watcher.kill())
  return async () => {
    const told = once(watcher, 'message')
    watcher.send('tell')
    const [seen] = await told
    return seen
  }
}
