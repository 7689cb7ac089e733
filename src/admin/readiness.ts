import { requestKinto } from '../kinto/client.ts'
import { apiVersion, rootPath } from '../kinto/paths.ts'
import type { Kinto } from '../kinto/session.ts'
import { wrongServer } from '../kinto/wrong-server.ts'
import type { Health } from '../stepfunctions/health.ts'

export interface ReadinessOptions {
  kinto: Kinto
  health: Health
  /** Milliseconds that Kinto may take, and that the result of a look holds. Default: 3,000. */
  lookMs?: number
}

/** Whether requests should come here. */
export interface ReadyState {
  ready: boolean
  /** What is in the way, in words for people. */
  reasons: string[]
}

/**
 * Looks whether the service can do its work. All probes within 3 s share one look, so that they do
 * not weigh on Kinto.
 */
export class Readiness {
  readonly #options: ReadinessOptions
  readonly #lookMs: number
  #latest: Promise<string[]> | undefined
  #holdsUntil = 0
  #stopping = false

  constructor(options: ReadinessOptions) {
    this.#options = options
    this.#lookMs = options.lookMs ?? 3_000
  }

  /** From here on no new requests are wanted. */
  stop(): void {
    this.#stopping = true
  }

  /** Never rejects. */
  async check(): Promise<ReadyState> {
    if (this.#stopping) return { ready: false, reasons: ['The service is stopping.'] }
    if (this.#latest === undefined || performance.now() >= this.#holdsUntil) {
      this.#holdsUntil = Infinity
      this.#latest = this.#look().finally(() => {
        this.#holdsUntil = performance.now() + this.#lookMs
      })
    }
    const reasons = await this.#latest
    return { ready: reasons.length === 0, reasons }
  }

  async #look(): Promise<string[]> {
    const [kinto, { credentialsProblem }] = await Promise.all([
      this.#lookAtKinto(),
      this.#options.health.check()
    ])
    // Whether AWS can be reached is for the heartbeat to tell: without this service clients could
    // not reach Kinto either.
    return credentialsProblem === undefined ? kinto : [...kinto, credentialsProblem]
  }

  async #lookAtKinto(): Promise<string[]> {
    const { dispatcher, origin } = this.#options.kinto
    try {
      const response = await requestKinto(dispatcher, origin, {
        method: 'GET',
        path: rootPath(apiVersion),
        headers: ['Accept', 'application/json'],
        timeoutMs: this.#lookMs
      })
      const reason = wrongServer(response)
      if (reason !== undefined) return [reason]
      return response.status >= 500 ? [`Kinto answers ${response.status}.`] : []
    } catch {
      return ['Kinto cannot be reached.']
    }
  }
}
