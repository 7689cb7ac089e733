import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'

/** What is measured when somebody reads the metrics. */
export interface Gauges {
  requestsInFlight: () => number
  pollsOpen: () => number
  /** For each token that no record holds yet: when it came, on the clock of `performance.now()`. */
  unsavedSince: () => number[]
}

const prefix = 'kinto_stepfunction_'

// In seconds: from a cached read to the silence that Kinto is granted by default.
const upstreamBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

// Clients choose the method, and every value of a label is a series.
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * What the service counts and measures, for Prometheus.
 * The names follow https://prometheus.io/docs/practices/naming/
 */
export class Metrics {
  readonly #registry = new Registry()
  readonly #requests = new Counter({
    name: `${prefix}requests_total`,
    help: 'Requests that were answered, by what they are, method and status.',
    labelNames: ['route', 'method', 'status'],
    registers: [this.#registry],
    collect: () => {
      this.#countRequests()
    }
  })
  /**
   * The requests since the metrics were last read. To count here costs a third of what it costs in
   * a series.
   */
  readonly #latestRequests = new Map<string, Map<string, Map<number, number>>>()
  readonly #upstream = new Histogram({
    name: `${prefix}upstream_seconds`,
    help: 'From a request to Kinto to the head of its answer.',
    buckets: upstreamBuckets,
    registers: [this.#registry]
  })
  readonly #answers = new Counter({
    name: `${prefix}answers_total`,
    help:
      'Answers of reviewers, by outcome: ' +
      'accepted, already_applied, refused (4xx), failed (5xx).',
    labelNames: ['outcome'],
    registers: [this.#registry]
  })
  readonly #calls = new Histogram({
    name: `${prefix}aws_call_seconds`,
    help:
      'Calls to Step Functions, by operation and result: ok, or the name of the error. ' +
      'Polls take up to 60 s.',
    labelNames: ['operation', 'result'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60],
    registers: [this.#registry]
  })
  readonly #questions = new Counter({
    name: `${prefix}questions_total`,
    help:
      'Questions that were asked, by outcome: ' +
      'created, as it was, put back, sealed, asked anew, refused (4xx), failed (5xx).',
    labelNames: ['outcome'],
    registers: [this.#registry]
  })
  readonly #records = new Counter({
    name: `${prefix}records_read_total`,
    help:
      'Records that somebody answered, asked in or looked at, by what stands in taskToken: ' +
      'none, clear, sealed, changed (since it was asked), moved (or altered), ' +
      'unknown key, not asked, malformed.',
    labelNames: ['token'],
    registers: [this.#registry]
  })
  readonly #takenBack = new Counter({
    name: `${prefix}statuses_taken_back_total`,
    help: 'Times that a status was taken back which nobody decided.',
    registers: [this.#registry]
  })

  constructor() {
    collectDefaultMetrics({ register: this.#registry })
  }

  /** Adds what is measured. */
  measure({ requestsInFlight, pollsOpen, unsavedSince }: Gauges): void {
    this.#gauge('requests_in_flight', 'Requests in progress.', requestsInFlight)
    this.#gauge('polls_open', 'Open polls for tasks of activities.', pollsOpen)
    this.#gauge(
      'tokens_held',
      'Tokens that are saved in no record yet.',
      () => unsavedSince().length
    )
    this.#gauge('tokens_held_oldest_seconds', 'The age of the oldest of them.', () => {
      const oldest = Math.min(...unsavedSince())
      return oldest === Infinity ? 0 : (performance.now() - oldest) / 1000
    })
  }

  readonly request = (route: string, method: string, status: number): void => {
    const ofMethod = entry(
      entry(this.#latestRequests, route),
      methods.has(method) ? method : 'other'
    )
    ofMethod.set(status, (ofMethod.get(status) ?? 0) + 1)
  }

  readonly upstreamAnswered = (seconds: number): void => {
    this.#upstream.observe(seconds)
  }

  readonly answered = (outcome: string): void => {
    this.#answers.inc({ outcome })
  }

  readonly asked = (outcome: string): void => {
    this.#questions.inc({ outcome })
  }

  readonly recordRead = (token: string): void => {
    this.#records.inc({ token })
  }

  readonly statusTakenBack = (): void => {
    this.#takenBack.inc()
  }

  readonly awsCalled = (operation: string, result: string, seconds: number): void => {
    this.#calls.observe({ operation, result }, seconds)
  }

  /** In Prometheus' text format. */
  async text(): Promise<{ type: string; body: string }> {
    return { type: this.#registry.contentType, body: await this.#registry.metrics() }
  }

  #countRequests(): void {
    for (const [route, ofRoute] of this.#latestRequests) {
      for (const [method, ofMethod] of ofRoute) {
        for (const [status, times] of ofMethod) this.#requests.inc({ route, method, status }, times)
      }
    }
    this.#latestRequests.clear()
  }

  #gauge(name: string, help: string, value: () => number): void {
    const gauge: Gauge = new Gauge({
      name: prefix + name,
      help,
      registers: [this.#registry],
      collect: () => {
        gauge.set(value())
      }
    })
  }
}

/** The map at `key`, a new one if there was none. */
function entry<K, V>(maps: Map<string, Map<K, V>>, key: string): Map<K, V> {
  const known = maps.get(key)
  if (known !== undefined) return known
  const map = new Map<K, V>()
  maps.set(key, map)
  return map
}
