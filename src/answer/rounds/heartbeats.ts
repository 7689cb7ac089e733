import { recordUri } from '../../kinto/paths.ts'
import type { StepFunctions } from '../../stepfunctions/clients.ts'
import type { UnsavedTask } from '../activities/unsaved.ts'
import { livenessOf } from '../../stepfunctions/liveness.ts'
import type { Log } from '../../log.ts'
import type { OverNotes } from '../record/over-notes.ts'
import { type RecordReader } from '../record/reader.ts'
import { heartbeatOf, type Glance } from '../record/reading.ts'
import type { Look } from './watch.ts'

export interface HeartbeatsOptions {
  stepFunctions: StepFunctions
  reader: RecordReader
  overNotes: OverNotes
  unsavedTasks: () => UnsavedTask[]
  log: Log
}

/** A token whose step ends after `everySeconds` without a heartbeat. */
interface Beat {
  /** The record that holds the token, if it is saved in one. */
  glance?: Glance
  taskToken: string
  region: string
  everySeconds: number
}

/**
 * Sends `SendTaskHeartbeat` three times within the `heartbeatSeconds` of a question, for tokens
 * that are saved in records and for those that are kept here. For a question that was asked through
 * the service only the seal counts, even if its words or its `status` were changed: otherwise
 * anybody who may write the record could end the step. Several replicas beat side by side.
 */
export class Heartbeats {
  readonly #options: HeartbeatsOptions
  readonly #beats = new Map<string, Beat>()
  #beaten = new Map<string, number>()

  constructor(options: HeartbeatsOptions) {
    this.#options = options
  }

  /** Takes in what a look at the records brought. */
  note({ seen, whole }: Look): void {
    if (whole !== undefined) {
      const prefix = `/buckets/${whole.bucket}/collections/${whole.collection}/`
      for (const uri of this.#beats.keys()) if (uri.startsWith(prefix)) this.#beats.delete(uri)
    }
    for (const glance of seen) {
      const beat = this.#beatOf(glance)
      const uri = recordUri(glance.ref)
      if (beat === undefined) this.#beats.delete(uri)
      else this.#beats.set(uri, beat)
    }
  }

  /** Sends those that are due. Never throws. */
  async send(): Promise<void> {
    const beats = [...this.#beats.values(), ...this.#unsaved()]
    const due = beats.filter(
      beat =>
        performance.now() - (this.#beaten.get(keyOf(beat)) ?? -Infinity) >=
        (beat.everySeconds * 1000) / 3
    )
    const known = new Set(beats.map(keyOf))
    this.#beaten = new Map([...this.#beaten].filter(([key]) => known.has(key)))
    await Promise.all(due.map(beat => this.#beat(beat)))
  }

  async #beat(beat: Beat): Promise<void> {
    const { stepFunctions, overNotes, log } = this.#options
    const { taskToken, region, glance } = beat
    const liveness = await livenessOf(taskToken, region, stepFunctions, log)
    // A dead token gets no more heartbeats. A heartbeat that could not be sent is still due.
    if (liveness !== 'unknown')
      this.#beaten.set(keyOf(beat), liveness === 'alive' ? performance.now() : Infinity)
    if (liveness === 'dead' && glance !== undefined)
      overNotes.note(glance, { taskToken, reason: 'The step no longer accepts answers.' })
  }

  #beatOf(glance: Glance): Beat | undefined {
    const { taskToken, decision } = glance
    const everySeconds = heartbeatOf(glance)
    // For a question that was asked through the service, only a receipt is a decision.
    if (taskToken === undefined || everySeconds === undefined || decision !== undefined)
      return undefined
    const region = this.#options.reader.regionOf(glance)
    return region === undefined ? undefined : { glance, taskToken, region, everySeconds }
  }

  #unsaved(): Beat[] {
    return this.#options
      .unsavedTasks()
      .flatMap(({ taskToken, region, heartbeatSeconds }) =>
        heartbeatSeconds === undefined
          ? []
          : [{ taskToken, region, everySeconds: heartbeatSeconds }]
      )
  }
}

// In another region a token counts as dead: somebody who copies it into a record of that region
// must not make it dead for all.
function keyOf({ taskToken, region }: Beat): string {
  return `${region} ${taskToken}`
}
