import { setTimeout as sleep } from 'node:timers/promises'
import type { Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import { articles } from '../stage/kinto.ts'
import { ArticleSteps, type Step } from './article-steps.ts'
import type { Article } from './article.ts'
import type { Client } from './client.ts'
import { isConflict, isDefinite, type Outcome, type Request } from './exchange.ts'

const count = 6

// Kinto may still carry out what a service had passed on that was killed then
const lateMs = 2_000

/** An author, who reads and writes articles of their own through the service, and checks them. */
export class Author {
  readonly #name: string
  readonly #client: Client
  readonly #random: Random
  readonly #ledger: Ledger
  readonly #articles: Article[]
  readonly #steps: ArticleSteps

  constructor(name: string, client: Client, random: Random, ledger: Ledger) {
    this.#name = name
    this.#client = client
    this.#random = random
    this.#ledger = ledger
    this.#steps = new ArticleSteps(name, random, ledger)
    this.#articles = Array.from({ length: count }, (_none, index) => ({
      id: `${name}-${index}`,
      possible: new Set([undefined]),
      etag: undefined
    }))
  }

  /** Does one thing. */
  async act(): Promise<void> {
    const random = this.#random
    if (random.chance(0.1)) return await this.#list()
    if (random.chance(0.1)) return await this.#batch()
    const step = this.#steps.next(random.pick(this.#articles))
    step.learn(
      await this.#ask({
        ...step.request,
        kind: `${step.request.method} article`,
        user: 'carol'
      })
    )
  }

  async #ask(request: Request): Promise<Outcome> {
    const outcome = await this.#client.ask(request)
    if (outcome === 'cut') await sleep(lateMs)
    return outcome
  }

  async #list(): Promise<void> {
    const outcome = await this.#ask({
      kind: 'GET articles',
      method: 'GET',
      path: `${articles}/records?author=${this.#name}`,
      user: 'carol',
      expected: [200]
    })
    if (!isDefinite(outcome)) return
    const found = new Map<string, any>(outcome.body?.data?.map((data: any) => [data.id, data]))
    for (const article of this.#articles) this.#steps.compare(article, found.get(article.id))
    if ([...found.keys()].some(id => !this.#articles.some(article => article.id === id)))
      this.#ledger.violation('A list had what was not asked for', outcome.text)
  }

  // Each article at most once, because nobody knows an article before the batch is over
  async #batch(): Promise<void> {
    const steps = this.#articles
      .filter(() => this.#random.chance(0.5))
      .map(article => this.#steps.next(article))
      .filter(({ request }) => !isConditionalGet(request))
    const requests = steps.map(({ request: { method, path, headers = {}, body } }) => ({
      method,
      path,
      headers,
      ...(body !== undefined && { body })
    }))
    const outcome = await this.#ask({
      kind: 'POST batch',
      method: 'POST',
      path: '/batch',
      user: 'carol',
      body: { requests },
      expected: [200]
    })
    const responses: any[] = (isDefinite(outcome) ? outcome.body?.responses : undefined) ?? []
    // Then the others of the batch were taken back, though their entries say 200
    // (`kinto/core/views/batch.py`)
    const isUndone = responses.some(isConflict)
    for (const [index, { request, learn }] of steps.entries()) {
      const response = responses[index]
      if (response === undefined || isUndone) {
        learn('cut')
        continue
      }
      if (!request.expected.includes(response.status))
        this.#ledger.violation('An answer in a batch had a status that it must not have', {
          request,
          response
        })
      const headers = Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value)])
      )
      learn({ status: response.status, headers, text: '', body: response.body })
    }
  }
}

// To Kinto a 304 in a batch is a redirect, and it crashes because there is no Location
// (`kinto/core/utils.py`, follow_subrequest)
function isConditionalGet({ method, headers = {} }: Step['request']): boolean {
  return method === 'GET' && 'if-none-match' in headers
}
