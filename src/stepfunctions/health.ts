import type { BaseLogger } from 'pino'
import { endpointOf, reach } from './endpoints.ts'
import type { SdkClients } from './sdk.ts'

export interface HealthState {
  /** Whether there are AWS credentials; not whether AWS takes them. */
  credentials: boolean
  /** Whether every endpoint that the settings name can be connected to. */
  endpoint: boolean
}

export interface HealthOptions {
  /** In place of AWS's own endpoints. */
  endpoint: string | undefined
  /** Without `endpoint`, the regions whose endpoints are looked at. */
  regions: readonly string[]
  log: Pick<BaseLogger, 'info' | 'warn'>
  /** In milliseconds; see below for the usual ones. */
  times?: Times
}

interface Times {
  /** A whole check: as long as health checks usually wait. */
  checkMs: number
  /** How long a check holds when all is well. */
  wellMs: number
  /** How long it holds when something is ill. */
  illMs: number
}

const usualTimes: Times = { checkMs: 5_000, wellMs: 10_000, illMs: 3_000 }

// Every SDK client has a region. This is for the credentials, where the settings name none.
const anyRegion = 'us-east-1'

/**
 * Whether Step Functions could be called now. No call is made for it: credentials are resolved as
 * calls do it, and a connection to the endpoint is opened and closed. A check takes at most 5 s and
 * holds for 10 s (3 s when something is ill). All callers share it.
 */
export class Health {
  readonly #clients: SdkClients
  readonly #options: HealthOptions
  readonly #times: Times
  readonly #ill = new Set<keyof HealthState>()
  #latest: Promise<HealthState> | undefined
  #holdsUntil = 0

  constructor(clients: SdkClients, options: HealthOptions) {
    this.#clients = clients
    this.#options = options
    this.#times = options.times ?? usualTimes
  }

  /** Never rejects. What fails is false; its cause is logged once, until it is well again. */
  async check(): Promise<HealthState> {
    if (this.#latest === undefined || performance.now() >= this.#holdsUntil) {
      this.#holdsUntil = Infinity
      this.#latest = this.#look()
    }
    return await this.#latest
  }

  async #look(): Promise<HealthState> {
    const signal = AbortSignal.timeout(this.#times.checkMs)
    const [credentials, endpoint] = await Promise.all([
      this.#judge('credentials', this.#resolveCredentials(signal)),
      this.#judge('endpoint', this.#reachEndpoints(signal))
    ])
    this.#holdsUntil =
      performance.now() + (credentials && endpoint ? this.#times.wellMs : this.#times.illMs)
    return { credentials, endpoint }
  }

  async #resolveCredentials(signal: AbortSignal): Promise<void> {
    await this.#clients.call(this.#options.regions[0] ?? anyRegion, signal, async () => {})
  }

  async #reachEndpoints(signal: AbortSignal): Promise<void> {
    const { endpoint, regions } = this.#options
    const asked = endpoint === undefined ? regions : [regions[0] ?? anyRegion]
    await Promise.all(
      asked.map(async region => {
        const url = await endpointOf(region, endpoint)
        await reach(url, signal).catch((cause: unknown) => {
          throw new Error(`There is no connection to ${url.origin}.`, { cause })
        })
      })
    )
  }

  async #judge(part: keyof HealthState, look: Promise<void>): Promise<boolean> {
    const { log } = this.#options
    try {
      await look
      if (this.#ill.delete(part)) log.info({ part }, 'Step Functions can be used again')
      return true
    } catch (err) {
      if (!this.#ill.has(part))
        log.warn({ err, part }, 'Step Functions cannot be used at the moment')
      this.#ill.add(part)
      return false
    }
  }
}
