import { setTimeout as sleep } from 'node:timers/promises'
import { KintoAnswered } from '../kinto/client.ts'
import type { JsonObject } from '../kinto/json.ts'
import { recordUri, type RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { Decision } from './decision.ts'
import type { Log } from './log.ts'
import { pause } from './pause.ts'
import { fetchRecord } from './permission.ts'
import { readDecision, readToken } from './record.ts'
import { NotRecorded, recordDecision } from './update.ts'

/** A decision that Step Functions took and Kinto does not show. */
export interface Unrecorded {
  ref: RecordRef
  taskToken: string
  decision: Decision
}

export interface BacklogOptions {
  own: () => KintoSession
  log: Log
}

// After that an operator, or the next request for the record, has to do it: the history still tells.
const tryForMs = 3_600_000
const maxEntries = 1_000
const firstPauseMs = 1_000
const longestPauseMs = 60_000
const lastTryMs = 5_000

/** Goes on recording, with the service's own account, what could not be recorded within its request. Bounded in time and number. */
export class Backlog {
  readonly #options: BacklogOptions
  readonly #entries = new Map<string, { unrecorded: Unrecorded, done: Promise<void> }>()
  readonly #stopped = new AbortController()

  constructor (options: BacklogOptions) {
    this.#options = options
  }

  /** Each token once. */
  add (unrecorded: Unrecorded): void {
    const { taskToken, ref } = unrecorded
    const key = `${taskToken} ${recordUri(ref)}`
    if (this.#entries.has(key)) return
    if (this.#entries.size >= maxEntries) return this.#giveUp(unrecorded, new Error(`${maxEntries} others wait.`))
    this.#entries.set(key, { unrecorded, done: this.#record(unrecorded).finally(() => this.#entries.delete(key)) })
  }

  /** Tries everything a last time, for 5 s. */
  async stop (): Promise<void> {
    this.#stopped.abort()
    const done = Promise.all(this.#entries.values().map(entry => entry.done))
    await Promise.race([done, sleep(lastTryMs, undefined, { ref: false })])
    for (const { unrecorded } of this.#entries.values()) this.#giveUp(unrecorded, new Error('Kinto is silent, and the process stops.'))
  }

  async #record (unrecorded: Unrecorded): Promise<void> {
    const end = Date.now() + tryForMs
    let error: unknown
    for (let pauseMs = firstPauseMs, last = false; !last; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
      await pause(pauseMs * (0.5 + Math.random() / 2), this.#stopped.signal)
      last = this.#stopped.signal.aborted || Date.now() > end
      error = await this.#once(unrecorded)
      if (error === undefined || isRefusal(error)) break
    }
    if (error !== undefined) this.#giveUp(unrecorded, error)
  }

  /** @returns why it is not recorded; undefined when it is, or when the record has gone on to another question. */
  async #once ({ ref, taskToken, decision }: Unrecorded): Promise<unknown> {
    const { own, log } = this.#options
    try {
      const { data } = await fetchRecord(own(), ref)
      if (hasGoneOn(data, taskToken, decision)) return undefined
      const outcome = await recordDecision({ own: own(), caller: undefined, log }, ref, decision, data, () => 0)
      if (outcome instanceof NotRecorded) return outcome
      log.info({ record: recordUri(ref), answer: decision.answer }, 'an answer was recorded after its request')
      return undefined
    } catch (error) {
      return error
    }
  }

  #giveUp ({ ref, decision }: Unrecorded, err: unknown): void {
    this.#options.log.error({ err, record: recordUri(ref), ...decision }, 'an answer that Step Functions took is not recorded in Kinto')
  }
}

/** Whether Kinto itself said no: the record is gone, or closed to the account. */
function isRefusal (error: unknown): boolean {
  return (error instanceof NotRecorded && error.refused !== undefined) || (error instanceof KintoAnswered && error.answer.status < 500)
}

function hasGoneOn (data: JsonObject, taskToken: string, { answer }: Decision): boolean {
  return readDecision(data)?.answer === answer || ![undefined, taskToken].includes(readToken(data))
}
