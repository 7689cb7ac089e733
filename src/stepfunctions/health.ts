import type { BaseLogger } from 'pino'
import { toStepFunctionsError, type StepFunctionsError } from './errors.ts'
import { endpointOf, reach, requireSendable } from './endpoints.ts'
import type { SdkClients } from './sdk.ts'

export interface HealthState {
  /**
   * Whether there are AWS credentials that a request can be signed with; not whether AWS takes
   * them.
   */
  credentials: boolean
  /** What is wrong with them, and what to do, for operators. */
  credentialsProblem?: string
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

type Part = 'credentials' | 'endpoint'

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
 * Whether Step Functions could be called now. No call is made for it: a request is signed as calls
 * are, and a connection to the endpoint is opened and closed. A check takes at most 5 s and
 * holds for 10 s (3 s when something is ill). All callers share it.
 */
export class Health {
  readonly #clients: SdkClients
  readonly #options: HealthOptions
  readonly #times: Times
  readonly #ill = new Set<Part>()
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
    const [noCredentials, noEndpoint] = await Promise.all([
      this.#judge('credentials', this.#useCredentials(signal)),
      this.#judge('endpoint', this.#reachEndpoints(signal))
    ])
    const isWell = noCredentials === undefined && noEndpoint === undefined
    this.#holdsUntil = performance.now() + (isWell ? this.#times.wellMs : this.#times.illMs)
    return {
      credentials: noCredentials === undefined,
      ...(noCredentials !== undefined && { credentialsProblem: problemWith(noCredentials) }),
      endpoint: noEndpoint === undefined
    }
  }

  async #useCredentials(signal: AbortSignal): Promise<void> {
    const region = this.#options.regions[0] ?? anyRegion
    await this.#clients.call(region, signal, async client => {
      await requireSendable(region, client.config.credentials)
    })
  }

  async #reachEndpoints(signal: AbortSignal): Promise<void> {
    const { endpoint, regions } = this.#options
    const asked = endpoint === undefined ? regions : [regions[0] ?? anyRegion]
    await Promise.all(
      asked.map(async region => {
        const url = await endpointOf(region, endpoint)
        await reach(url, signal, this.#clients.proxies).catch((cause: unknown) => {
          throw new Error(`There is no connection to ${url.origin}.`, { cause })
        })
      })
    )
  }

  /** @returns what is in the way */
  async #judge(part: Part, look: Promise<void>): Promise<StepFunctionsError | undefined> {
    const { log } = this.#options
    try {
      await look
      if (this.#ill.delete(part)) log.info({ part }, 'Step Functions can be used again')
      return undefined
    } catch (error) {
      const err = toStepFunctionsError(error)
      if (!this.#ill.has(part))
        log.warn({ err, part }, 'Step Functions cannot be used at the moment')
      this.#ill.add(part)
      return err
    }
  }
}

function problemWith({ fault, message }: StepFunctionsError): string {
  return fault === 'credentials'
    ? 'There are no AWS credentials: ' +
        'set aws_access_key and aws_secret_key, or give this process a role.'
    : `No request can be made with the AWS credentials: ${message}.`
}
