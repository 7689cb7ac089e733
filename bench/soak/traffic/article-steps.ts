import { isDeepStrictEqual } from 'node:util'
import type { Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import { know, path, statuses, suspect, type Article } from './article.ts'
import { isDefinite, type Outcome, type Request } from './exchange.ts'

/** A request, and what its author learns from the outcome. */
export interface Step {
  request: Omit<Request, 'kind' | 'user'>
  learn: (outcome: Outcome) => void
}

/** The single requests of an author, who knows what each article must be. */
export class ArticleSteps {
  readonly #author: string
  readonly #random: Random
  readonly #ledger: Ledger
  #written = 0

  constructor(author: string, random: Random, ledger: Ledger) {
    this.#author = author
    this.#random = random
    this.#ledger = ledger
  }

  /** A random request for this article. */
  next(article: Article): Step {
    switch (
      this.#random.pick([
        'get',
        'get',
        'get if changed',
        'head',
        'put',
        'put over what was seen',
        'create',
        'patch',
        'delete'
      ] as const)
    ) {
      case 'get':
        return this.#get(article)
      case 'get if changed':
        return this.#getIfChanged(article)
      case 'head':
        return {
          request: { method: 'HEAD', path: path(article), expected: statuses(article, 200, 404) },
          learn: () => {}
        }
      case 'put':
        return this.#write(article, {
          method: 'PUT',
          path: path(article),
          expected: statuses(article, 200, 201)
        })
      case 'put over what was seen':
        return this.#putOverSeen(article)
      case 'create':
        return this.#write(article, {
          method: 'PUT',
          path: path(article),
          headers: { 'if-none-match': '*' },
          expected: statuses(article, 412, 201)
        })
      case 'patch':
        return this.#write(article, {
          method: 'PATCH',
          path: path(article),
          expected: statuses(article, 200, 404)
        })
      case 'delete':
        return this.#delete(article)
    }
  }

  #get(article: Article): Step {
    return {
      request: { method: 'GET', path: path(article), expected: statuses(article, 200, 404) },
      learn: outcome => {
        this.#read(article, outcome)
      }
    }
  }

  #getIfChanged(article: Article): Step {
    const { etag } = article
    if (etag === undefined) return this.#get(article)
    return {
      request: {
        method: 'GET',
        path: path(article),
        headers: { 'if-none-match': etag },
        expected: article.possible.size === 1 ? [304] : [304, ...statuses(article, 200, 404)]
      },
      learn: outcome => {
        this.#read(article, outcome)
      }
    }
  }

  #putOverSeen(article: Article): Step {
    const { etag } = article
    if (etag === undefined || this.#random.chance(0.5))
      return this.#write(article, {
        method: 'PUT',
        path: path(article),
        headers: { 'if-match': '"1"' },
        expected: [412]
      })
    return this.#write(article, {
      method: 'PUT',
      path: path(article),
      headers: { 'if-match': etag },
      expected: article.possible.size === 1 ? [200] : [200, 412]
    })
  }

  #delete(article: Article): Step {
    return {
      request: { method: 'DELETE', path: path(article), expected: statuses(article, 200, 404) },
      learn: outcome => {
        if (isDefinite(outcome)) know(article, undefined)
        else suspect(article, undefined)
      }
    }
  }

  #write(article: Article, request: Step['request']): Step {
    const number = ++this.#written
    return {
      request: { ...request, body: { data: { author: this.#author, number } } },
      learn: outcome => {
        if (!isDefinite(outcome)) return suspect(article, number)
        if (outcome.status === 404) return know(article, undefined)
        if (outcome.status > 201) return
        know(article, number, outcome)
        this.compare(article, outcome.body?.data)
      }
    }
  }

  #read(article: Article, outcome: Outcome): void {
    if (!isDefinite(outcome)) return
    if (outcome.status === 404) return know(article, undefined)
    if (outcome.status !== 200) return
    this.compare(article, outcome.body?.data)
    know(article, outcome.body?.data?.number, outcome)
  }
  /** Checks what Kinto shows of the article. `data` is undefined if it shows none. */
  compare(article: Article, data: any): void {
    const { possible, id } = article
    const right =
      data === undefined
        ? possible.has(undefined)
        : possible.has(data.number) && isDeepStrictEqual([data.id, data.author], [id, this.#author])
    if (!right)
      this.#ledger.violation('An article was not what was written', {
        id,
        possible: [...possible],
        data
      })
  }
}
