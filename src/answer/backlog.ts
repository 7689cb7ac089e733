import { jsonObject, KintoRefusal, type KintoResponse } from '../kinto/client.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { recordUri } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import { backoff, deadline, pause, within } from '../wait.ts'
import { isAskedAgain, type AskedAgainOptions } from './history/asked-again.ts'
import { fetchReading } from './record/fetch-reading.ts'
import { isRecorded, recordDecision, type Recording } from './record/recording.ts'
import { lookAgainMs, NotRecorded, type Writers } from './record/update.ts'

export interface BacklogOptions extends AskedAgainOptions {
  /** A session with the service's own account, which works on after the request. */
  serviceAccount: (() => KintoSession) | undefined
}

// After this time an operator, or the next request for the record, has to record the decision. The
// history still tells it.
const tryForMs = 3_600_000
const maxEntries = 1_000
const pauses = { firstMs: 1_000, longestMs: 60_000 }
const lastTryMs = 5_000
const mostLooks = 5

/**
 * Looks again at decisions that were recorded, and goes on with those that could not be recorded
 * within their request. Bounded in time and number.
 */
export class Backlog {
  readonly #options: BacklogOptions
  readonly #entries = new Map<string, { recording: Recording; done: Promise<void> }>()
  readonly #looks = new Set<Promise<void>>()
  readonly #stopped = new AbortController()

  constructor(options: BacklogOptions) {
    this.#options = options
  }

  /**
   * Goes on recording a decision, where there is an account to do it. Each token once.
   * @returns whether it does
   */
  add(recording: Recording): boolean {
    const { serviceAccount } = this.#options
    const key = `${recording.taskToken ?? ''} ${recordUri(recording.reading.ref)}`
    if (serviceAccount === undefined) return false
    if (this.#entries.has(key)) return true
    if (this.#entries.size >= maxEntries) {
      this.#giveUp(recording, new Error(`${maxEntries} others wait.`))
      return false
    }
    this.#entries.set(key, {
      recording,
      done: this.#record(recording, serviceAccount).finally(() => this.#entries.delete(key))
    })
    return true
  }

  /**
   * Looks at a record again some time after its decision was `written`: a change at the same time
   * may have undone it.
   */
  lookAgain(recording: Recording, written: KintoResponse, writers: Writers): void {
    const look = this.#see(recording, written, writers).finally(() => this.#looks.delete(look))
    this.#looks.add(look)
  }

  /** Tries everything a last time, for 5 s. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    const done = Promise.all([...this.#entries.values().map(entry => entry.done), ...this.#looks])
    await within(lastTryMs, done)
    for (const { recording } of this.#entries.values())
      this.#giveUp(recording, new Error('Kinto is silent, and the process stops.'))
  }

  async #see(recording: Recording, written: KintoResponse, writers: Writers): Promise<void> {
    let shown = jsonObject(written)['data']
    for (let looks = 0; looks < mostLooks; looks++) {
      await pause(lookAgainMs, this.#stopped.signal)
      const outcome = await this.#once(recording, writers, shown)
      if (typeof outcome === 'string') return
      if ('error' in outcome) {
        if (!isGone(outcome.error)) this.add(recording)
        return
      }
      shown = jsonObject(outcome)['data']
    }
  }

  async #record(recording: Recording, serviceAccount: () => KintoSession): Promise<void> {
    const timeLeft = deadline(tryForMs)
    for (let attempt = 0, last = false; !last; attempt++) {
      await pause(backoff(pauses, attempt), this.#stopped.signal)
      last = this.#stopped.signal.aborted || timeLeft() === 0
      const writers = { session: serviceAccount(), log: this.#options.log }
      const outcome = await this.#once(recording, writers)
      if (typeof outcome === 'string') return
      if (!('error' in outcome)) {
        this.#options.log.info(
          { record: recordUri(recording.reading.ref), answer: recording.decision.answer },
          'an answer was recorded after its request'
        )
        return this.lookAgain(recording, outcome, writers)
      }
      last ||= isGone(outcome.error)
      if (last) this.#giveUp(recording, outcome.error)
    }
  }

  /**
   * Records the decision if the record does not show it, or not as it was `written`.
   * @returns Kinto's response to the change; or why there was nothing to change; or the failure
   */
  async #once(
    recording: Recording,
    writers: Writers,
    written?: unknown
  ): Promise<KintoResponse | 'shown' | 'moved on' | { error: unknown }> {
    const { reader, stepFunctions } = this.#options
    const { ref } = recording.reading
    try {
      const { reading } = await fetchReading(writers.session, ref, reader)
      const isShown = isJsonObject(written)
        ? isAsWritten(reading.data, written)
        : isRecorded(reading, recording.decision)
      if (isShown) return 'shown'
      const recorded = await recordDecision(
        writers,
        recording,
        {
          reader,
          isAskedAgain: (latest, decision) =>
            isAskedAgain(latest, decision, () => stepFunctions.timeoutMs, this.#options)
        },
        () => 0,
        reading
      )
      return recorded instanceof NotRecorded ? { error: recorded } : recorded
    } catch (error) {
      return { error }
    }
  }

  #giveUp({ reading: { ref }, decision }: Recording, err: unknown): void {
    const { proof: _proof, ...words } = decision
    this.#options.log.error(
      { err, record: recordUri(ref), ...words },
      'an answer that Step Functions took is not recorded in Kinto'
    )
  }
}

/**
 * Whether there is no record any more to show the decision. All else may be mended: a schema, a
 * right, a quota.
 */
function isGone(error: unknown): boolean {
  return (
    (error instanceof NotRecorded && error.isGone) ||
    (error instanceof KintoRefusal && error.response.status === 404)
  )
}

/**
 * Whether a record still holds what was written. The workflow may have gone on and changed its
 * `status`, so this counts only where neither a receipt nor an `answeredAt` was written.
 */
function isAsWritten(data: JsonObject, { answerReceipt, answeredAt, status }: JsonObject): boolean {
  if (answerReceipt !== undefined) return data['answerReceipt'] === answerReceipt
  return answeredAt === undefined ? data['status'] === status : data['answeredAt'] === answeredAt
}
