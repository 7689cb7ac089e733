import { once } from 'node:events'
import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Part } from './process.ts'

const readyLimit = 30_000
const pause = 30

/**
 * Asks again and again until there is a result.
 * @throws with the part's last output if the part ends before, or if there is none within 30 s (the
 * part is stopped then)
 */
export async function untilReady<Result>(
  part: Part,
  ask: () => Promise<Result | undefined> | Result | undefined
): Promise<Result> {
  const deadline = Date.now() + readyLimit
  const ended = part.exited.then(() => true)
  while (Date.now() < deadline) {
    const result = await ask()
    if (await Promise.race([ended, sleep(result === undefined ? pause : 0, false)])) {
      throw new Error(`${part.name} ended at once. Its last words:\n${lastWords(part)}`)
    }
    if (result !== undefined) return result
  }
  await part.stop()
  throw new Error(
    `${part.name} was not ready within ${readyLimit / 1_000} s. Its last words:\n${lastWords(part)}`
  )
}

/** True once a GET of the URL succeeds. */
export async function answers(url: string): Promise<true | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    await response.body?.cancel()
    return response.ok ? true : undefined
  } catch {
    return undefined
  }
}

/** The wanted port of 127.0.0.1 if it is free, else any free one. */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer()
  try {
    await once(server.listen(wanted, '127.0.0.1'), 'listening')
  } catch {
    return await freePort()
  }
  const address = server.address()
  server.close()
  return typeof address === 'object' && address !== null ? address.port : wanted
}

function lastWords(part: Part): string {
  return part
    .log()
    .trim()
    .split('\n')
    .slice(-20)
    .map(line => `  ${line}`)
    .join('\n')
}
