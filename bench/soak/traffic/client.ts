import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { Agent } from 'undici'
import { as } from '../../../test/helpers/service.ts'
import type { Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import type { Outages, Part, ServiceName } from '../stage/outages.ts'
import type { Watched } from '../stage/services.ts'
import { isConflict, isDefinite } from './exchange.ts'
import type { Answer, Outcome, Request } from './exchange.ts'

export interface ClientOptions {
  /** One of them gets a request, as a balancer chooses: one that is not away. */
  services: readonly Watched[]
  random: Random
  ledger: Ledger
  outages: Outages
  /** The parts that these services need. */
  parts: readonly Part[]
}

/** A request on its way. */
interface Sent {
  request: Request
  service: ServiceName
  from: number
}

const limitMs = 60_000
const longestPauseMs = 5_000

/** A client of one service or of replicas. It checks every response for what always holds. */
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
    const { ledger, outages, random, services } = this.#options
    const { name: service, process } = random.pick(
      services.length === 1 ? services : services.filter(({ name }) => !outages.isAway(name))
    )
    const sent = { request, service, from: Date.now() }
    const outcome = await this.#send(sent, process.part.url)
    const name = typeof outcome === 'string' ? outcome : String(outcome.status)
    ledger.request(request.kind, name, Date.now() - sent.from)
    if (typeof outcome !== 'string') this.#check(sent, outcome)
    return outcome
  }

  /** Sends a request again until the response says what it did, as clients of Kinto do. */
  async insist(request: Request): Promise<Answer> {
    for (;;) {
      const outcome = await this.ask(request)
      if (isDefinite(outcome)) return outcome
      await sleep(pauseAfter(outcome))
    }
  }

  async close(): Promise<void> {
    await this.#agent.close()
  }

  async #send({ request, service, from }: Sent, origin: string): Promise<Outcome> {
    const { ledger, outages } = this.#options
    const { method, path, user, headers, body, leaveAfter, slowly = false } = request
    const limit = AbortSignal.timeout(limitMs)
    const leave = leaveAfter === undefined ? undefined : AbortSignal.timeout(leaveAfter)
    let begun = false
    try {
      const response = await this.#agent.request({
        origin,
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
      const byService = outages.mayHaveCut(from, service)
      const seen = { ...request, body: undefined, service, error: String(error) }
      if (limit.aborted) ledger.violation('A request had no answer within 60 s', seen)
      else if (!byService && (!begun || !outages.since(from, 'Kinto')))
        ledger.violation(
          `A request was cut off, ${begun ? 'in the middle of' : 'before'} its answer`,
          seen
        )
      ledger.error(`an answer cut off, since ${byService ? service : 'Kinto'} died meanwhile`)
      return 'cut'
    }
  }

  #check({ request, service, from }: Sent, answer: Answer): void {
    const { ledger, outages, parts } = this.#options
    const { kind, method, path, user, expected } = request
    const { status, text, headers, body } = answer
    const seen = {
      kind,
      method,
      path,
      user,
      service,
      status,
      text: text.slice(0, 500),
      retryAfter: headers['retry-after']
    }
    if (isConflict(answer) && !path.endsWith('/stepfunction')) {
      ledger.error('409: two writes met in PostgreSQL')
      return
    }
    if (isKintosFault(body) && outages.since(from, ...parts)) {
      ledger.error('500 of Kinto itself, which was ended or started')
      return
    }
    if (status !== 503) {
      if (!expected.includes(status))
        ledger.violation('An answer had a status that it must not have', seen)
      return
    }
    if (expected.includes(503)) return
    if (method !== 'HEAD' && !isKintosError(body))
      ledger.violation('A 503 did not look like one of Kinto', seen)
    if (!outages.since(from, service, ...parts))
      ledger.violation('A 503, and no part was away', seen)
    ledger.error(`503: ${String(body?.message ?? '(HEAD)')}`)
  }
}

function pauseAfter(outcome: Outcome): number {
  const seconds = typeof outcome === 'string' ? 1 : Number(outcome.headers['retry-after'] ?? 1)
  return Math.min(seconds * 1_000, longestPauseMs)
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

/** Kinto's own 500 says where to report it. The service has none with this field. */
function isKintosFault(body: any): boolean {
  return body?.code === 500 && String(body.info).includes('github.com/Kinto')
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
