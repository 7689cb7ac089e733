import type { RecordReader } from '../answer/record/reader.ts'
import { KintoRefusal, type KintoResponse } from '../kinto/client.ts'
import { unavailable, type Refusal } from '../kinto/errors.ts'
import { readFirst, type FirstObjects } from '../kinto/first-objects.ts'
import type { JsonObject } from '../kinto/json.ts'
import { listPath, type CollectionRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import { entryOf, hiddenFields, ofDecision, shown } from './entry.ts'
import { filtersOf, type Filter } from './filters.ts'
import type { FirstEntries } from './first-entries.ts'
import type { InboxQuery } from './query.ts'

/** What a caller wants to see. */
export interface Wanted {
  query: InboxQuery
  session: KintoSession
  principals: readonly string[]
  reader: RecordReader
  /** Get the entries of all collections. */
  entries: FirstEntries
}

/** What came of a look at a collection. `etag` is the version of its list. */
export type Looked =
  | { kind: 'read' | 'unchanged'; etag: string | undefined }
  | { kind: 'hidden'; refusal: KintoResponse }

// As many as an inbox shows, and one more.
const mostRecords = 501

/** The status of Kinto's responses to callers who may not read something, or not know of it. */
export const hidden = new Set([401, 403, 404])

/**
 * Looks at the records of a collection, as the caller. With `known`, only if the list changed since
 * it had this version.
 * @throws Refusal 503 where the list cannot be read, KintoUnreachable
 */
export async function lookAt(ref: CollectionRef, wanted: Wanted, known?: string): Promise<Looked> {
  try {
    const reading = new CollectionReading(ref, wanted)
    let etag: string | undefined
    for (const [index, filter] of filtersOf(wanted.query, wanted.principals).entries()) {
      const read = await reading.read(filter, index === 0 ? known : undefined)
      if (read === 'unchanged') return { kind: 'unchanged', etag: known }
      etag ??= read.etag
    }
    return { kind: 'read', etag }
  } catch (error) {
    if (!(error instanceof KintoRefusal)) throw error
    const { response } = error
    if (hidden.has(response.status)) return { kind: 'hidden', refusal: response }
    throw notReadable('The records of a collection', response)
  }
}

/** 503: never a shorter list. */
export function notReadable(what: string, { status }: KintoResponse): Refusal {
  return unavailable(`${what} could not be read, so there is no list. Try again in a moment.`, {
    retryAfter: 3,
    cause: new Error(`Kinto answered ${status}.`)
  })
}

/** Reads the lists of a collection one after the other, and no more than so many records. */
class CollectionReading {
  readonly #ref: CollectionRef
  readonly #wanted: Wanted
  readonly #fields: readonly string[]
  #left = mostRecords

  constructor(ref: CollectionRef, wanted: Wanted) {
    this.#ref = ref
    this.#wanted = wanted
    this.#fields = [
      ...shown,
      ...hiddenFields,
      ...(wanted.query.list === 'decided' ? ofDecision : [])
    ]
  }

  async read({ filter, counts }: Filter, etag?: string): Promise<FirstObjects | 'unchanged'> {
    const { session, entries } = this.#wanted
    const read = await readFirst(
      session,
      listPath(this.#ref.version, this.#ref, filter, this.#fields),
      {
        most: this.#left,
        take: data => {
          this.#take(data)
        },
        etag
      }
    )
    if (counts && read !== 'unchanged' && read.isCut) entries.isCut = true
    return read
  }

  #take(data: JsonObject): void {
    const { query, reader, principals, entries } = this.#wanted
    this.#left -= 1
    const { id, reviewer } = data
    if (query.isMine && typeof reviewer === 'string' && ![...principals, ''].includes(reviewer))
      return
    const placed = entryOf({ ...this.#ref, record: String(id) }, data, query.list, reader)
    if (placed !== undefined) entries.add(placed)
  }
}
