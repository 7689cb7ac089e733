import { LRUCache } from 'lru-cache'
import { collectionPath, recordUri, type CollectionRef } from '../kinto/paths.ts'

interface Log {
  warn: (object: object, message: string) => void
}

// Each is told once, and again after a day.
const kept = { max: 1_000, ttl: 24 * 3_600_000 }

/** Tells the log what the inbox does not show. */
export class InboxNotes {
  readonly #log: Log
  readonly #told = new LRUCache<string, true>(kept)

  constructor(log: Log) {
    this.#log = log
  }

  /** A record was too large. `start` is how its JSON begins: with its id. */
  leftOut(ref: CollectionRef, start: string): void {
    const id = /^\{\s*"id"\s*:\s*"([^"\\]{1,200})"/.exec(start)?.[1] ?? 'unknown'
    const record = recordUri({ ...ref, record: id })
    this.#tell(record, { record }, 'a record is too large for the inbox, which leaves it out')
  }

  /** The records are too large to read all of them. */
  cut(ref: CollectionRef, last: string): void {
    const collection = collectionPath(ref)
    const seen = { collection, last: recordUri({ ...ref, record: last }) }
    this.#tell(collection, seen, 'records are too large to show all of them in the inbox')
  }

  /** There will soon be too many collections for an inbox. */
  manyCollections(collections: number, most: number): void {
    const message = 'the inbox ends where there are more collections: name those that count'
    this.#tell('collections', { collections, most }, message)
  }

  #tell(key: string, seen: object, message: string): void {
    if (this.#told.has(key)) return
    this.#told.set(key, true)
    this.#log.warn(seen, message)
  }
}
