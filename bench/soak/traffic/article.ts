import { articles } from '../stage/kinto.ts'
import type { Answer } from './exchange.ts'

/**
 * What an article may be: the number that was written last, or nothing. There is more than one
 * possibility after a write without a response.
 */
type Possible = ReadonlySet<number | undefined>

export interface Article {
  id: string
  possible: Possible
  etag: string | undefined
}

/** There is no doubt any more what the article is. */
export function know(article: Article, number: number | undefined, response?: Answer): void {
  article.possible = new Set([number])
  article.etag = response?.headers['etag']?.toString()
}

/** The article may be this too: nobody knows whether the request was carried out. */
export function suspect(article: Article, number: number | undefined): void {
  article.possible = new Set([...article.possible, number])
}

/** The right statuses: `present` if the article may be there, `absent` if it may be missing. */
export function statuses({ possible }: Article, present: number, absent: number): number[] {
  return [...new Set([...possible].map(number => (number === undefined ? absent : present)))]
}

export function path({ id }: Article): string {
  return `${articles}/records/${id}`
}
