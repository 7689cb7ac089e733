import { once } from 'node:events'
import { SFNClient } from '@aws-sdk/client-sfn'
import type { SFNClientConfig } from '@aws-sdk/client-sfn'
import { Wire, type Call } from './wire.ts'
import { StepFunctionsError, toStepFunctionsError } from './errors.ts'

/** As `proxyEnv` of Node's agents has them: https://nodejs.org/api/http.html#new-agentoptions */
export interface Proxies {
  https_proxy?: string
  no_proxy?: string
}

export interface StepFunctionsSettings {
  /** Without them the SDK's default chain finds some: environment, profile, container, instance. */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined
  /** Default: AWS's endpoint of the region. */
  endpoint?: string | undefined
  /** A proxy for calls by https, as the environment names it. Default: none. */
  proxies?: Proxies | undefined
  /** What all attempts of one report may take together, in milliseconds. */
  timeoutMs: number
  /**
   * What one poll may take, in milliseconds. Default: 70 s, since AWS holds a poll for 60 s and
   * asks for 65 s or more.
   */
  pollTimeoutMs?: number | undefined
  /** Is told of each call: the operation, `ok` or the error's name, and the seconds it took. */
  observe?: (operation: string, result: string, seconds: number) => void
}

/**
 * The SDK's clients, one per region and purpose, made on first use. They share one set of
 * credentials.
 */
export class SdkClients {
  readonly timeoutMs: number
  readonly proxies: Proxies
  readonly #settings: StepFunctionsSettings
  readonly #pollTimeoutMs: number
  readonly #clients = new Map<string, SFNClient>()
  readonly #wire = new Wire()
  #credentials: SFNClientConfig['credentials']
  #credentialsFailed = false

  constructor(settings: StepFunctionsSettings) {
    this.timeoutMs = settings.timeoutMs
    this.#settings = settings
    this.proxies = settings.proxies ?? {}
    this.#pollTimeoutMs = settings.pollTimeoutMs ?? 70_000
    this.#credentials = settings.credentials
  }

  /**
   * One attempt of a short call, cut by the signal.
   * @throws StepFunctionsError
   */
  async call<T>(
    region: string,
    signal: AbortSignal,
    send: (client: SFNClient, options: { abortSignal: AbortSignal }) => Promise<T>
  ): Promise<T> {
    const client = this.#client(`call ${region}`, region, {
      connectionTimeout: Math.min(3000, Math.ceil(this.timeoutMs / 6)),
      // A connection that idled for long may be dead without our knowing. A report that was lost on
      // it could not be told from one whose response was lost.
      httpAgent: { maxSockets: Infinity, timeout: 5000 },
      httpsAgent: { maxSockets: Infinity, timeout: 5000, proxyEnv: { ...this.proxies } }
    })
    return await this.#send(client, signal, async () => await send(client, { abortSignal: signal }))
  }

  /**
   * One long poll, which nothing cuts but its own time limit.
   * @throws StepFunctionsError
   */
  async poll<T>(region: string, send: (client: SFNClient) => Promise<T>): Promise<T> {
    const client = this.#client(`poll ${region}`, region, {
      connectionTimeout: 3000,
      requestTimeout: this.#pollTimeoutMs,
      socketTimeout: this.#pollTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: { maxSockets: Infinity },
      httpsAgent: { maxSockets: Infinity, proxyEnv: { ...this.proxies } }
    })
    return await this.#send(
      client,
      AbortSignal.timeout(this.#pollTimeoutMs),
      async () => await send(client)
    )
  }

  /** Ends all connections. */
  close(): void {
    for (const client of this.#clients.values()) client.destroy()
    this.#wire.close()
  }

  // Credentials are fetched first, so that their failures (a token service that is down) are never
  // taken for failures of the call.
  async #send<T>(client: SFNClient, signal: AbortSignal, send: () => Promise<T>): Promise<T> {
    try {
      await Promise.race([
        client.config.credentials({ forceRefresh: this.#credentialsFailed }),
        rejectOnAbort(signal)
      ])
    } catch (error) {
      const { code } = toStepFunctionsError(error)
      throw new StepFunctionsError('credentials', code, 'no AWS credentials', { cause: error })
    }
    const call: Call = { reach: 'unmade' }
    try {
      const output = await this.#wire.send(call, send)
      this.#credentialsFailed = false
      return output
    } catch (error) {
      // Time that is up before there is a request says nothing against the request.
      const reach = call.reach === 'unmade' && signal.aborted ? 'made' : call.reach
      const failure = toStepFunctionsError(error, reach)
      // Those that no request can be signed with may be mended meanwhile.
      this.#credentialsFailed = failure.fault === 'credentials' || failure.fault === 'unsendable'
      throw failure
    }
  }

  #client(
    key: string,
    region: string,
    requestHandler: NonNullable<SFNClientConfig['requestHandler']>
  ): SFNClient {
    const known = this.#clients.get(key)
    if (known !== undefined) return known
    const { endpoint } = this.#settings
    const client = new SFNClient({
      region,
      requestHandler,
      // Only `retry` tries again: a silent second attempt of the SDK would turn an accepted report
      // into TaskTimedOut, and would poll while the first poll takes a task.
      maxAttempts: 1,
      userAgentAppId: 'kinto-stepfunction',
      logger,
      ...(endpoint !== undefined && { endpoint }),
      ...(this.#credentials !== undefined && { credentials: this.#credentials })
    })
    client.middlewareStack.add(
      (next, { commandName }) =>
        async args => {
          const begun = performance.now()
          const tell = (result: string): void =>
            this.#settings.observe?.(
              String(commandName).replace('Command', ''),
              result,
              (performance.now() - begun) / 1000
            )
          const output = await next(args).catch((error: unknown) => {
            tell(toStepFunctionsError(error).code)
            throw error
          })
          tell('ok')
          return output
        },
      { step: 'initialize' }
    )
    this.#credentials ??= client.config.credentials
    this.#clients.set(key, client)
    return client
  }
}

async function rejectOnAbort(signal: AbortSignal): Promise<never> {
  await once(signal, 'abort')
  throw signal.reason
}

// Without one, the SDK writes its warnings to the console.
const ignore = (): void => {}
const logger = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore }
