import type { RecordReader } from '../answer/record/reader.ts'
import { KintoRefusal, type KintoResponse } from '../kinto/client.ts'
import { unavailable, type Refusal } from '../kinto/errors.ts'
import { readFirst } from '../kinto/first-objects.ts'
import type { JsonObject } from '../kinto/json.ts'
import { hidden } from '../kinto/pages.ts'
import { listPath, type CollectionRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import { entryOf, hiddenFields, ofDecision, shown } from './entry.ts'
import { listFor, type List } from './filters.ts'
import type { FirstEntries } from './first-entries.ts'
import type { InboxNotes } from './notes.ts'
import type { InboxQuery } from './query.ts'

/** What a caller wants to see. */
export interface Wanted {
  query: InboxQuery
  session: KintoSession
  principals: readonly string[]
  reader: RecordReader
  /** Get the entries of all collections. */
  entries: FirstEntries
  notes: InboxNotes
}

/** What came of a look at a collection. `etag` is the version of its list. */
export type Looked =
  | { kind: 'read' | 'unchanged'; etag: string | undefined }
  | { kind: 'hidden'; refusal: KintoResponse }

// As many as an inbox shows, and one more: of each list, and of a collection.
const mostRecords = 501

/**
 * Looks at the records of a collection, as the caller. With `known`, only if the list changed since
 * it had this version.
 * @throws Refusal 503 where the list cannot be read, KintoUnreachable
 */
export async function lookAt(ref: CollectionRef, wanted: Wanted, known?: string): Promise<Looked> {
  try {
    const reading = new CollectionReading(ref, wanted)
    const kind = await reading.read(listFor(wanted.query, wanted.principals), known)
    return { kind, etag: kind === 'read' ? reading.etag : known }
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

/** Reads the lists of a collection one after the other, until there are enough entries. */
class CollectionReading {
  readonly #ref: CollectionRef
  readonly #wanted: Wanted
  readonly #fields: readonly string[]
  #etag: string | undefined
  /** The ids of the entries in lists that are not read in parts. */
  readonly #found = new Set<string>()
  #inList: string[] = []
  #last = ''

  constructor(ref: CollectionRef, wanted: Wanted) {
    this.#ref = ref
    this.#wanted = wanted
    this.#fields = [
      ...shown,
      ...hiddenFields,
      ...(wanted.query.list === 'decided' ? ofDecision : [])
    ]
  }

  /** The version of the collection's records before they were read. */
  get etag(): string | undefined {
    return this.#etag
  }

  /** Reads a list, or its parts where it has too many records. */
  async read({ query, parts }: List, known?: string): Promise<'read' | 'unchanged'> {
    const { session, entries, notes } = this.#wanted
    const path = listPath(this.#ref.version, this.#ref, query, this.#fields)
    const hasParts = parts.length > 0
    this.#inList = []
    const read = await readFirst(session, path, {
      most: mostRecords,
      take: data => {
        this.#take(data)
      },
      leaveOut: start => {
        notes.leftOut(this.#ref, start)
      },
      etag: known,
      isAllOrNothing: hasParts
    })
    if (read === 'unchanged') return read
    this.#etag ??= read.etag
    if (read.cut === 'bytes') notes.cut(this.#ref, this.#last)
    if (read.cut !== undefined && hasParts) {
      await this.#readAll(parts)
    } else {
      for (const id of this.#inList) this.#found.add(id)
      if (read.cut !== undefined) entries.isCut = true
    }
    return 'read'
  }

  async #readAll(parts: readonly List[]): Promise<void> {
    for (const part of parts) {
      if (this.#found.size >= mostRecords) this.#wanted.entries.isCut = true
      else await this.read(part)
    }
  }

  #take(data: JsonObject): void {
    const { query, reader, principals, entries } = this.#wanted
    const { id, reviewer } = data
    this.#last = String(id)
    if (query.isMine && typeof reviewer === 'string' && ![...principals, ''].includes(reviewer))
      return
    const placed = entryOf({ ...this.#ref, record: this.#last }, data, query.list, reader)
    if (placed === undefined) return
    this.#inList.push(this.#last)
    entries.add(placed)
  }
}
