import type { Test } from 'tap'
import { call, collection, startAll, type Called } from '../../helpers/service.ts'

export const record = `${collection}/records/r1`
export const writers = { write: ['account:alice'] }

export interface Entry {
  path: string
  status: number
  headers: Record<string, string>
  body: any
}

/** The service with its parts, and shorthands for batches that alice sends. */
export async function startBatches(t: Test, options?: Parameters<typeof startAll>[1]) {
  const all = await startAll(t, options)
  const batch = (body: unknown, headers: Record<string, string> = {}): Promise<Called> =>
    call(`${all.url}/v1/batch`, { method: 'POST', user: 'alice', body, headers })
  return {
    ...all,
    batch,
    entries: async (body: unknown, headers?: Record<string, string>): Promise<Entry[]> =>
      (await batch(body, headers)).body.responses
  }
}

/** The entry of an answer in a batch. */
export function post(path: string, answer = 'SUCCEED'): object {
  return { method: 'POST', path: `${path}/stepfunction`, body: { answer } }
}
