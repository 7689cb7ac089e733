import { LRUCache } from 'lru-cache'
import type { JsonObject } from '../../kinto/json.ts'
import { recordUri } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import type { StepFunctions } from '../../stepfunctions/clients.ts'
import { isVerb } from '../record/decision.ts'
import { overOf } from '../record/over.ts'
import { livenessOf } from '../../stepfunctions/liveness.ts'
import type { Log } from '../../log.ts'
import { pause } from '../../wait.ts'
import { fetchRecord } from '../../kinto/records.ts'
import type { RecordReader } from '../record/reader.ts'
import type { Glance } from '../record/reading.ts'
import { lookAgainMs, NotRecorded, patchRecord } from '../record/update.ts'
import type { Look } from './watch.ts'

export interface UndecidedOptions {
  serviceAccount: () => KintoSession
  stepFunctions: StepFunctions
  reader: RecordReader
  /** Called for each status that was taken back. */
  observe: () => void
  log: Log
}

// After that, an operator has to find out who writes the status.
const mostTimes = 3
// Somebody may change the record without pause.
const mostTries = 20
const maxTokens = 10_000

/**
 * Takes back a `status` that nobody decided. People write `SUCCEED` into a record by hand and
 * believe that they have answered: the step would wait, and no list would show it. So it is with an
 * `over`. They are taken back only where the question is sealed, no receipt opens, and a heartbeat
 * finds its token alive. So records in clear are never touched.
 */
export class UndecidedStatuses {
  readonly #options: UndecidedOptions
  readonly #waiting = new Set<string>()
  readonly #times = new LRUCache<string, number>({ max: maxTokens })
  readonly #running = new Set<Promise<void>>()
  readonly #stopped = new AbortController()

  constructor(options: UndecidedOptions) {
    this.#options = options
  }

  /**
   * Looks once at each record that says it is decided, if it waited before or was changed. A record
   * that was decided before the first look is left alone.
   */
  note({ seen, whole }: Look): void {
    for (const glance of seen) {
      const uri = recordUri(glance.ref)
      if (isWaiting(glance)) {
        this.#waiting.add(uri)
        continue
      }
      const waited = this.#waiting.delete(uri)
      if (undecidedIn(glance) !== undefined && (waited || whole === undefined)) this.#begin(glance)
    }
  }

  /** Waits for what has begun. */
  async stop(): Promise<void> {
    this.#stopped.abort()
    await Promise.all(this.#running)
  }

  #begin(glance: Glance): void {
    const { log } = this.#options
    const taking = this.#takeBack(glance)
      .catch((err: unknown) => {
        log.warn(
          { err, record: recordUri(glance.ref) },
          'a status that nobody decided could not be taken back'
        )
      })
      .finally(() => {
        this.#running.delete(taking)
      })
    this.#running.add(taking)
  }

  /** @throws NotRecorded, KintoRefusal, KintoUnreachable */
  async #takeBack(glance: Glance): Promise<void> {
    const { serviceAccount, reader, stepFunctions, observe, log } = this.#options
    const record = recordUri(glance.ref)
    let latest = glance
    for (let tries = 0; tries < mostTries; tries++) {
      const forged = undecidedIn(latest)
      if (forged === undefined || forged.taskToken !== glance.taskToken) return
      const { taskToken, region } = forged
      if ((await livenessOf(taskToken, region, stepFunctions, log)) !== 'alive') return
      const times = (this.#times.get(taskToken) ?? 0) + 1
      if (times === mostTimes + 1)
        log.error(
          { record },
          'a status that nobody decided comes back again and again: ' +
            'it is left as it is, and the step waits'
        )
      if (times > mostTimes) {
        this.#times.set(taskToken, times)
        return
      }
      const outcome = await patchRecord(
        { session: serviceAccount(), log },
        latest,
        asWaiting(latest)
      )
      if (outcome instanceof NotRecorded) throw outcome
      // If somebody else changed the record meanwhile, nothing was taken back yet.
      if (outcome.status === 200) {
        this.#times.set(taskToken, times)
        const isStatus = isVerb(latest.data['status'])
        if (isStatus) observe()
        log.warn(
          { record },
          isStatus
            ? 'a status that nobody decided was taken back: nobody has answered, and the step waits'
            : 'a record said that its step was over: it waits, so that was taken out'
        )
      }
      await pause(lookAgainMs, this.#stopped.signal)
      latest = reader.glance(
        latest.ref,
        (await fetchRecord(serviceAccount(), latest.ref, reader.bounds)).data
      )
    }
  }
}

/** Whether a question waits for its answer, and its record says so. */
function isWaiting(glance: Glance): boolean {
  return glance.isAsked && glance.taskToken !== undefined && !saysOtherwise(glance)
}

/** What to change in a record that says otherwise. */
function asWaiting({ data: { status, over } }: Glance): JsonObject {
  return {
    ...(isVerb(status) && { status: 'UNANSWERED' }),
    ...(over !== undefined && { over: null })
  }
}

function saysOtherwise(glance: Glance): boolean {
  return isVerb(glance.data['status']) || overOf(glance) !== undefined
}

/** The token of a record that says its question is decided or over, where nothing proves it. */
function undecidedIn(glance: Glance): { taskToken: string; region: string } | undefined {
  const { isAsked, tokenField, taskToken, decision } = glance
  if (
    !isAsked ||
    tokenField.kind !== 'sealed' ||
    taskToken === undefined ||
    !saysOtherwise(glance) ||
    decision !== undefined
  )
    return undefined
  return { taskToken, region: tokenField.seal.region }
}
