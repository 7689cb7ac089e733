import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from '../ledger.ts'
import type { Outages } from '../stage/outages.ts'
import type { Watched } from '../stage/services.ts'
import { countHandles } from './handles.ts'
import { look, lookUntil } from './watch.ts'
import type { Sample } from './watch.ts'

// Longer than the service keeps an idle connection to Kinto or to Step Functions
const idleMs = 7_000
// The emulator keeps an idle connection for 75 s (ministack/app.py, keep_alive_timeout).
const idleLimitSeconds = 90

// By design the service remembers the last 10,000 decisions, each with a token of 1,000 characters.
// The slack is for code that is compiled later.
const bytesPerDecision = 4_096
const slack = 12 * 2 ** 20

/**
 * Watches one service from its start to its end: its memory, its handles, and its output. What is
 * left of one that was restarted is compared with what its first process began with.
 */
export class ServiceWatch {
  readonly samples: Sample[] = []
  readonly service: Watched
  readonly #ledger: Ledger
  readonly #outages: Outages
  #first: Sample | undefined

  constructor(service: Watched, ledger: Ledger, outages: Outages) {
    this.service = service
    this.#ledger = ledger
    this.#outages = outages
  }

  /** The first sample, of the idle service after its start. */
  get first(): Sample {
    if (this.#first === undefined) throw new Error('It has not begun.')
    return this.#first
  }

  /** The last sample. */
  get last(): Sample {
    return this.samples.at(-1) ?? this.first
  }

  /**
   * Finds out how many handles the idle service has. Now and then it looks for records that want
   * heartbeats, so the smallest number counts. A sample's handles are counted before its polls, and
   * a poll that has just begun has no connection yet: so it must have been open in the sample
   * before as well.
   */
  async begin(): Promise<void> {
    const end = Date.now() + idleMs
    let before: Sample | undefined
    await lookUntil(this.service, idleMs / 1_000, sample => {
      const arePollsOpen = [before, sample].every(each => each?.pollsOpen === this.service.polls)
      if (arePollsOpen && count(sample) <= count(this.#first)) this.#first = sample
      before = sample
      return Date.now() > end
    })
    this.samples.push(this.first)
  }

  async goOn(paceSeconds: number, enough: AbortSignal): Promise<void> {
    while (await sleep(paceSeconds * 1_000, true, { signal: enough }).catch(() => false)) {
      const from = Date.now()
      try {
        this.samples.push(await look(this.service))
      } catch (error) {
        if (!this.#outages.since(from, this.service.name)) throw error
      }
    }
  }

  /** Waits until all is as it was at the start, stops the service, and checks what is left. */
  async end(decisions: number): Promise<void> {
    const {
      service: { name, process, log }
    } = this
    const last = await lookUntil(
      this.service,
      idleLimitSeconds,
      sample =>
        sample.requestsInFlight === 0 &&
        sample.tokensHeld === 0 &&
        sample.pollsOpen === this.first.pollsOpen &&
        count(sample) <= count(this.first)
    )
    this.samples.push(last)
    this.#expect(last.requestsInFlight === 0, 'Requests are under way, and nobody asked', last)
    this.#expect(last.tokensHeld === 0, 'Tokens are in no record', last)
    this.#expect(count(last) <= count(this.first), 'Handles were left open', {
      first: this.first.handles,
      last: last.handles
    })
    const grown =
      last.live.heap + last.live.buffers - this.first.live.heap - this.first.live.buffers
    this.#expect(grown < slack + decisions * bytesPerDecision, 'Memory has grown', {
      grown,
      decisions
    })
    const code = await process.end('SIGTERM')
    this.#expect(code === 0, 'It did not end in order', { code })
    for (const line of log.bad) this.#ledger.violation(`${name}: it wrote what it must not`, line)
  }

  #expect(right: boolean, what: string, details: unknown): void {
    if (!right) this.#ledger.violation(`${this.service.name}: ${what}`, details)
  }
}

/** Counts the handles: none if the system does not tell them. */
function count(sample: Sample | undefined): number {
  return sample === undefined ? Infinity : countHandles(sample.handles ?? {})
}
