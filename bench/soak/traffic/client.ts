import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'undici'
import type { Dispatcher } from 'undici'
import { as } from '../../../test/helpers/service.ts'
import type { Ledger } from '../ledger.ts'
import type { Account } from '../stage/kinto.ts'
import type { Outages, Part } from '../stage/outages.ts'

export interface Request {
  /** The report counts it under this name. */
  kind: string
  method: Dispatcher.HttpMethod
  /** With `/v1/` or without it. */
  path: string
  /** No credentials by default. */
  user?: Account
  headers?: Record<string, string>
  /** Sent as JSON; a stream as it is. */
  body?: object | AsyncIterable<Uint8Array>
  /** All statuses that are right. While a part is away 503 is right too. */
  expected: readonly number[]
  /** Milliseconds after which the client gives up and leaves. */
  leaveAfter?: number
  /** Reads the response piece by piece, with pauses. */
  slowly?: boolean
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** Undefined if the text is no JSON. */
  body: any
}

/** The client has left, or the response was cut off in the middle because Kinto died. */
export type Outcome = Answer | 'left' | 'cut'

export interface ClientOptions {
  url: string
  ledger: Ledger
  outages: Outages
  /** The parts that this service needs. */
  parts: readonly Part[]
}

const limitMs = 60_000
const longestPauseMs = 5_000

/** A client of the service. It checks every response for what must hold at any time. */
export class Client {
  readonly #options: ClientOptions
  readonly #agent = new Agent({
    connections: 50,
    headersTimeout: 2 * limitMs,
    bodyTimeout: 2 * limitMs
  })

  constructor(options: ClientOptions) {
    this.#options = options
  }

  /** Sends a request, once. */
  async ask(request: Request): Promise<Outcome> {
    const { ledger } = this.#options
    const from = Date.now()
    const outcome = await this.#send(request, from)
    const name = typeof outcome === 'string' ? outcome : String(outcome.status)
    ledger.request(request.kind, name, Date.now() - from)
    if (typeof outcome !== 'string') this.#check(request, outcome, from)
    return outcome
  }

  /** Sends a request again as long as the response is 503, as clients of Kinto do. */
  async insist(request: Request): Promise<Outcome> {
    for (;;) {
      const outcome = await this.ask(request)
      if (typeof outcome === 'string' || outcome.status !== 503) return outcome
      await sleep(Math.min(Number(outcome.headers['retry-after'] ?? 1) * 1_000, longestPauseMs))
    }
  }

  async close(): Promise<void> {
    await this.#agent.close()
  }

  async #send(request: Request, from: number): Promise<Outcome> {
    const { url, ledger, outages } = this.#options
    const { method, path, user, headers, body, leaveAfter, slowly = false } = request
    const limit = AbortSignal.timeout(limitMs)
    const leave = leaveAfter === undefined ? undefined : AbortSignal.timeout(leaveAfter)
    let begun = false
    try {
      const response = await this.#agent.request({
        origin: url,
        method,
        path: path.startsWith('/v1/') ? path : `/v1${path}`,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(user !== undefined && { authorization: as(user) }),
          ...headers
        },
        body:
          body === undefined
            ? null
            : Symbol.asyncIterator in body
              ? Object(body)
              : JSON.stringify(body),
        signal: leave === undefined ? limit : AbortSignal.any([limit, leave])
      })
      begun = true
      const content = await text(slowly ? pieces(response.body) : response.body)
      return {
        status: response.statusCode,
        headers: response.headers,
        text: content,
        body: parse(content)
      }
    } catch (error) {
      if (leave?.aborted === true) return 'left'
      if (limit.aborted)
        ledger.violation('A request had no answer within 60 s', { ...request, body: undefined })
      else if (!begun || !outages.since(from, 'Kinto'))
        ledger.violation(
          `A request was cut off, ${begun ? 'in the middle of' : 'before'} its answer`,
          { ...request, body: undefined, error: String(error) }
        )
      ledger.error('an answer cut off, since Kinto died in the middle of it')
      return 'cut'
    }
  }

  #check(request: Request, { status, text, headers, body }: Answer, from: number): void {
    const { ledger, outages, parts } = this.#options
    const { kind, method, path, user, expected } = request
    const seen = {
      kind,
      method,
      path,
      user,
      status,
      text: text.slice(0, 500),
      retryAfter: headers['retry-after']
    }
    if (status !== 503) {
      if (!expected.includes(status))
        ledger.violation('An answer had a status that it must not have', seen)
      return
    }
    if (expected.includes(503)) return
    if (method !== 'HEAD' && !isKintosError(body))
      ledger.violation('A 503 did not look like one of Kinto', seen)
    if (!outages.since(from, ...parts)) ledger.violation('A 503, and no part was away', seen)
    ledger.error(`503: ${String(body?.message ?? '(HEAD)')}`)
  }
}

/** Whether the outcome tells for certain what the request did. */
export function isDefinite(outcome: Outcome): outcome is Answer {
  return typeof outcome !== 'string' && outcome.status !== 503
}

async function* pieces(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of body) {
    yield piece
    await sleep(10)
  }
}

function isKintosError(body: any): boolean {
  return (
    body?.code === 503 &&
    body.errno === 201 &&
    typeof body.error === 'string' &&
    typeof body.message === 'string'
  )
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
