import type { KintoSession } from '../../kinto/session.ts'
import type { Heartbeats } from './heartbeats.ts'
import { pause } from '../../wait.ts'
import type { UndecidedStatuses } from './undecided.ts'
import type { RecordWatch } from './watch.ts'

export interface RoundsOptions {
  serviceAccount: () => KintoSession
  watch: RecordWatch
  heartbeats: Heartbeats
  undecided: UndecidedStatuses
}

const everyMs = 10_000

/**
 * What the service does without being asked: every 10 s it looks at the records that wait, keeps
 * their steps alive, and takes back what nobody decided. A `heartbeatSeconds` below 30 s is not
 * kept safely.
 */
export class Rounds {
  readonly #options: RoundsOptions
  readonly #stopped = new AbortController()
  #done: Promise<void> | undefined

  constructor(options: RoundsOptions) {
    this.#options = options
  }

  start(): void {
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.#stopped.abort()
    await this.#done
    await this.#options.undecided.stop()
  }

  async #run(): Promise<void> {
    const { serviceAccount, watch, heartbeats, undecided } = this.#options
    const { signal } = this.#stopped
    while (!signal.aborted) {
      // While Kinto is away, heartbeats go on for what is known: no step must fail for that.
      for (const look of await watch.look(serviceAccount())) {
        heartbeats.note(look)
        undecided.note(look)
      }
      await heartbeats.send()
      await pause(everyMs, signal)
    }
  }
}
