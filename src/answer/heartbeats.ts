import type { JsonObject } from '../kinto/json.ts'
import { listAll } from '../kinto/pages.ts'
import { apiVersion, pendingBeatsPath } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import { collectionsOf } from './collections.ts'
import type { HeldTask } from './held.ts'
import type { Log } from './log.ts'
import { pause } from './pause.ts'
import { readHeartbeat, readStep, type ArnPolicy } from './record.ts'
import type { Resource } from './scope.ts'

export interface HeartbeatsOptions {
  own: () => KintoSession
  stepFunctions: StepFunctions
  resources: readonly Resource[]
  policy: ArnPolicy
  held: () => HeldTask[]
  log: Log
}

/** A token whose step ends when nobody is heard of for `everySeconds`. */
interface Beat {
  taskToken: string
  region: string
  everySeconds: number
}

const lookEveryMs = 10_000

/**
 * Sends `SendTaskHeartbeat` for the tokens of undecided records that say `heartbeatSeconds`, saved in them or held here, three
 * times in that span. It looks every 10 s, so spans below 30 s are not kept safely. Several replicas beat side by side.
 */
export class Heartbeats {
  readonly #options: HeartbeatsOptions
  readonly #stopped = new AbortController()
  #done: Promise<void> | undefined
  #pending: Beat[] = []
  #beaten = new Map<string, number>()

  constructor (options: HeartbeatsOptions) {
    this.#options = options
  }

  start (): void {
    this.#done = this.#run()
  }

  async stop (): Promise<void> {
    this.#stopped.abort()
    await this.#done
  }

  async #run (): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      await this.#look()
      await pause(lookEveryMs, signal)
    }
  }

  async #look (): Promise<void> {
    try {
      this.#pending = await this.#readPending()
    } catch (err) {
      // Those that are known go on: a step must not fail because Kinto is away.
      this.#options.log.warn({ err }, 'the records that want heartbeats could not be read')
    }
    const beats = [...this.#pending, ...this.#held()]
    const due = beats.filter(({ taskToken, everySeconds }) => Date.now() - (this.#beaten.get(taskToken) ?? 0) >= everySeconds * 1000 / 3)
    const tokens = new Set(beats.map(({ taskToken }) => taskToken))
    this.#beaten = new Map([...this.#beaten].filter(([taskToken]) => tokens.has(taskToken)))
    await Promise.all(due.map(beat => this.#beat(beat)))
  }

  async #beat ({ taskToken, region }: Beat): Promise<void> {
    const { stepFunctions, log } = this.#options
    try {
      // A dead token gets no other one.
      this.#beaten.set(taskToken, await stepFunctions.heartbeat(region, taskToken) ? Date.now() : Infinity)
    } catch (err) {
      log.warn({ err }, 'a heartbeat could not be sent')
    }
  }

  async #readPending (): Promise<Beat[]> {
    const { own, resources } = this.#options
    const session = own()
    const lists = await Promise.all((await collectionsOf(session, apiVersion, resources)).map(place => listAll(session, pendingBeatsPath(apiVersion, place))))
    return lists.flat().flatMap(data => this.#beatOf(data))
  }

  #beatOf (data: JsonObject): Beat[] {
    const everySeconds = readHeartbeat(data)
    try {
      const { taskToken, region } = readStep(data, this.#options.policy)
      return everySeconds === undefined || taskToken === undefined ? [] : [{ taskToken, region, everySeconds }]
    } catch {
      // A record that names no step is told so when it is answered.
      return []
    }
  }

  #held (): Beat[] {
    return this.#options.held().flatMap(({ taskToken, region, heartbeatSeconds }) => heartbeatSeconds === undefined ? [] : [{ taskToken, region, everySeconds: heartbeatSeconds }])
  }
}
