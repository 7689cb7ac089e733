import { setTimeout as sleep } from 'node:timers/promises'
import { jsonObject, type KintoAnswer } from '../kinto/client.ts'
import type { JsonObject } from '../kinto/json.ts'
import { recordPath, type RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { Decision } from './decision.ts'
import type { Log } from './log.ts'

/** Who writes a record: the service's own account where there is one, else the caller. */
export interface Writers {
  own: KintoSession | undefined
  caller: KintoSession | undefined
  log: Log
}

/** Kinto did not take the change. `refused` is the status of an answer that will not change by itself. Its text may quote a token, so it is left out. */
export class NotRecorded extends Error {
  override readonly name = 'NotRecorded'
  readonly refused: number | undefined

  constructor (answer: KintoAnswer | undefined, cause?: unknown) {
    super(answer === undefined ? 'Kinto gave no answer.' : `Kinto answered ${answer.status}.`, { cause })
    this.refused = answer !== undefined && answer.status < 500 && !passing.has(answer.status) ? answer.status : undefined
  }
}

// Kinto says so when two changes met (`Integrity constraint violated, please retry`), proxies when there is too much to do.
const passing = new Set([408, 409, 429])

// Long enough for a restart of Kinto behind its load balancer, short enough for a person who waits.
const retryForMs = 10_000
const firstPauseMs = 100
const longestPauseMs = 2_000

/**
 * Writes a decision into its record, and tries again for 10 s, or as long as `timeLeft()` (milliseconds) gives, while Kinto is
 * not there. Where the collection's schema refuses the new fields, `status` alone is written.
 */
export async function recordDecision (writers: Writers, ref: RecordRef, decision: Decision, before: JsonObject, timeLeft: () => number): Promise<KintoAnswer | NotRecorded> {
  const { answer: status, answeredBy, answeredAt, comment } = decision
  // An earlier decision's comment must not pass for this one's; only a merge patch (RFC 7396) can take a field away.
  const stale = comment === undefined && before['comment'] !== undefined && before['answeredBy'] !== undefined
  const data = { status, answeredBy, answeredAt, comment: stale ? null : comment }
  const contentType = stale ? 'application/merge-patch+json' : 'application/json'
  const end = Date.now() + Math.min(retryForMs, timeLeft())
  for (let pause = firstPauseMs; ; pause = Math.min(2 * pause, longestPauseMs)) {
    const outcome = await attempt(writers, async session => {
      const answer = await session.patch(recordPath(ref), { data, contentType })
      return answer.status === 400 ? await session.patch(recordPath(ref), { data: { status } }) : answer
    })
    if (!(outcome instanceof NotRecorded) || outcome.refused !== undefined || Date.now() + pause > end) return outcome
    await sleep(pause * (0.5 + Math.random() / 2))
  }
}

/** Saves a task token in its record, so that it outlives this process. */
export async function saveToken (writers: Writers, ref: RecordRef, taskToken: string): Promise<KintoAnswer | NotRecorded> {
  return await attempt(writers, session => session.patch(recordPath(ref), { data: { taskToken } }))
}

async function attempt ({ own, caller, log }: Writers, write: (session: KintoSession) => Promise<KintoAnswer>): Promise<KintoAnswer | NotRecorded> {
  try {
    const answer = own === undefined ? undefined : await write(own)
    if (answer !== undefined && ![401, 403, 404].includes(answer.status)) return outcome(answer)
    if (caller === undefined) return new NotRecorded(answer)
    if (answer !== undefined) log.warn({ status: answer.status }, 'Kinto refused the account of kinto_authorization: the record is written as the caller')
    return outcome(await write(caller))
  } catch (error) {
    return new NotRecorded(undefined, error)
  }
}

/** @throws KintoUnreachable when the answer is not Kinto's. */
function outcome (answer: KintoAnswer): KintoAnswer | NotRecorded {
  if (answer.status !== 200) return new NotRecorded(answer)
  jsonObject(answer)
  return answer
}
