import { randomInt } from 'node:crypto'
import { freePort } from './ready.ts'

/** A free port that no system hands out by itself, so that it is still free for a restart. */
export async function lowPort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 30_000)
    if ((await freePort(port)) === port) return port
  }
}
