import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import type { Watched } from '../stage/services.ts'
import { openHandles } from './handles.ts'
import type { Handles } from './handles.ts'
import { measureLive } from './inspector.ts'
import type { Live } from './inspector.ts'

/** A service at one moment. */
export interface Sample {
  time: number
  /** Bytes of resident memory. */
  resident: number
  live: Live
  requestsInFlight: number
  tokensHeld: number
  pollsOpen: number
  /** Undefined if the system does not tell them. */
  handles: Handles | undefined
}

/** Takes a sample of a service. */
export async function look({ process, log }: Watched): Promise<Sample> {
  const { adminUrl, pid = 0 } = process.part
  const time = Date.now()
  const handles = openHandles(pid)
  const live = await measureLive(log.inspector ?? '')
  // Neither connection is left open: the next sample would count it
  const { body } = await request(`${adminUrl}/metrics`, { reset: true })
  const text = await body.text()
  const metric = (name: string): number => Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1])
  return {
    time,
    resident: metric('process_resident_memory_bytes'),
    live,
    requestsInFlight: metric('kinto_stepfunction_requests_in_flight'),
    tokensHeld: metric('kinto_stepfunction_tokens_held'),
    pollsOpen: metric('kinto_stepfunction_polls_open'),
    handles
  }
}

/**
 * Takes samples until one is right, or for so many seconds.
 * @returns the last sample
 */
export async function lookUntil(
  watched: Watched,
  seconds: number,
  isRight: (sample: Sample) => boolean
): Promise<Sample> {
  const end = Date.now() + seconds * 1_000
  for (;;) {
    const sample = await look(watched)
    if (isRight(sample) || Date.now() > end) return sample
    await sleep(500)
  }
}
