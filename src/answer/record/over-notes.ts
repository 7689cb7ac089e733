import { LRUCache } from 'lru-cache'
import { recordUri } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import type { Log } from '../../log.ts'
import { isVerb } from './decision.ts'
import { fetchReading } from './fetch-reading.ts'
import { overField, overOf } from './over.ts'
import type { RecordReader } from './reader.ts'
import type { Glance } from './reading.ts'
import { isAbsent } from './record.ts'
import { NotRecorded, patchRecord } from './update.ts'

export interface OverNotesOptions {
  /** A session with the service's own account. Without one nothing is noted. */
  serviceAccount: (() => KintoSession) | undefined
  reader: RecordReader
  log: Log
}

/** That a step takes no answer any more. */
export interface FoundOver {
  /** The token that is dead. Undefined where the workflow has ended before one came. */
  taskToken: string | undefined
  /** Why, as a sentence for the reader. */
  reason: string
  /** Whether not only the step is over, but its workflow. */
  isWorkflowOver?: boolean | undefined
}

// What could not be noted is noted when it is found again, but not all the time.
const triedForMs = 600_000
const maxTokens = 10_000
const mostAtOneTime = 16

/**
 * Notes in records, with the service's own account, that their steps are over, so that no inbox
 * shows them any more. A step that waits on an activity may come again, with a new token: that one
 * is over with its workflow.
 */
export class OverNotes {
  readonly #options: OverNotesOptions
  readonly #tried = new LRUCache<string, true>({ max: maxTokens, ttl: triedForMs })
  readonly #running = new Set<Promise<void>>()

  constructor(options: OverNotesOptions) {
    this.#options = options
  }

  /** Goes on in the background, and never throws. `glance`: of the record as it was read. */
  note(glance: Glance, { taskToken, reason, isWorkflowOver = false }: FoundOver): void {
    const { serviceAccount, log } = this.#options
    const record = recordUri(glance.ref)
    const key = `${taskToken ?? ''} ${record}`
    if (
      serviceAccount === undefined ||
      this.#tried.has(key) ||
      this.#running.size >= mostAtOneTime ||
      !(isWorkflowOver || isAbsent(glance.data['activityArn'])) ||
      !isToBeNoted(glance, taskToken)
    )
      return
    this.#tried.set(key, true)
    const noting = this.#note(glance, taskToken, reason, serviceAccount())
      .catch((err: unknown) => {
        log.warn({ err, record }, 'a step is over, and that could not be noted in its record')
      })
      .finally(() => {
        this.#running.delete(noting)
      })
    this.#running.add(noting)
  }

  /** Waits for what has begun. */
  async stop(): Promise<void> {
    await Promise.all(this.#running)
  }

  /** @throws NotRecorded, KintoRefusal, KintoUnreachable */
  async #note(
    { ref }: Glance,
    taskToken: string | undefined,
    reason: string,
    session: KintoSession
  ): Promise<void> {
    const { reader, log } = this.#options
    const { reading } = await fetchReading(session, ref, reader)
    if (!isToBeNoted(reading, taskToken)) return
    const over = overField({ at: new Date().toISOString(), reason }, taskToken)
    const outcome = await patchRecord({ session, log }, reading, { over })
    if (outcome instanceof NotRecorded) throw outcome
  }
}

/** Whether a record still waits, with this token, and says so. */
function isToBeNoted(glance: Glance, taskToken: string | undefined): boolean {
  const { data, decision } = glance
  return (
    glance.taskToken === taskToken &&
    decision === undefined &&
    !isVerb(data['status']) &&
    overOf(glance) === undefined
  )
}
