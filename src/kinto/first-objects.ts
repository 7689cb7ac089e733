import { jsonObject, KintoRefusal, KintoUnreachable, type OpenResponse } from './client.ts'
import { headerValues } from './headers.ts'
import { mostDepth, type JsonObject } from './json.ts'
import { ListScanner, type ListedText } from './list-scanner.ts'
import { nextPage } from './pages.ts'
import { withLimit } from './paths.ts'
import type { KintoSession } from './session.ts'
import { Turns } from '../wait.ts'

/** What was read of a list. */
export interface FirstObjects {
  /** The value of `ETag`, quotes included: the list's version before anything was read. */
  etag: string | undefined
  /** Why not all of the list was read: it has more objects than wanted, or more bytes. */
  cut: 'count' | 'bytes' | undefined
}

interface Reading {
  /** How many objects are read. */
  most: number
  /** Gets each object. Numbers keep their literal text. */
  take: (object: JsonObject) => void
  /** Gets how an object begins that is too large for anybody to have asked it here. */
  leaveOut?: (start: string) => void
  /** Reads only if the list changed since it had this version. */
  etag?: string | undefined
  /** Not to read what is known to be only a part of the list. */
  isAllOrNothing?: boolean
}

// A question that is asked here has a quarter of it, and half of the values.
const ofObject = { maxBytes: 4 * 1024 * 1024, maxValues: 20_000, maxDepth: mostDepth }

// Of one list. 500 questions with forms of 60 kB have 30 MB. Those that are too large are not even
// kept, so that some of them hide no others.
const mostBytes = { taken: 32 * 1024 * 1024, leftOut: 256 * 1024 * 1024 }

// To open a question's seal, and to compare it, takes some hundred microseconds: as long as to
// parse some kB. A piece of work takes some milliseconds, however many lists are read.
const ofObjectAtLeast = 5_000
const ofPiece = 250_000
const turns = new Turns()

/**
 * Reads the first objects of a list, page by page, within bounds of memory and time. Each page is
 * asked for once, whatever the objects are. `path` has a query without `_limit`.
 * @throws KintoRefusal for all but 200 and 304, KintoUnreachable
 */
export async function readFirst(
  session: KintoSession,
  path: string,
  reading: Reading
): Promise<FirstObjects | 'unchanged'> {
  const { most, etag, isAllOrNothing = false } = reading
  const objects = new ReadObjects(reading)
  let version: string | undefined
  let next: string | undefined = path
  for (let left = most; next !== undefined && left > 0;) {
    const isFirst = next === path
    const condition = isFirst && etag !== undefined ? ['If-None-Match', etag] : []
    const response = await session.open(withLimit(next, left), condition)
    if (response.status === 304) return 'unchanged'
    // A text in the last object can be one that Kinto does not take back in its own token.
    if (response.status === 400 && !isFirst) break
    if (!('chunks' in response)) throw new KintoRefusal(response)
    version ??= headerValues(response.headers, 'etag')[0]
    next = nextPage(headerValues(response.headers, 'next-page')[0])
    const isPart = next !== undefined && limitIn(next) >= left
    const read = await readPage(response, objects, isAllOrNothing && isPart)
    if (read === undefined) return { etag: version, cut: isPart ? 'count' : 'bytes' }
    left -= Math.max(1, read)
  }
  return { etag: version, cut: next === undefined ? undefined : 'count' }
}

/** How many objects a page has. Undefined where it was not read to its end. */
async function readPage(
  { chunks }: OpenResponse,
  objects: ReadObjects,
  isUnwanted: boolean
): Promise<number | undefined> {
  const scanner = new ListScanner(ofObject)
  let read = 0
  for await (const chunk of chunks) {
    if (isUnwanted) return undefined
    for (const listed of scanner.scan(chunk)) {
      if (!objects.hasRoom) return undefined
      await objects.add(listed)
      read += 1
    }
  }
  if (!scanner.isComplete)
    throw new KintoUnreachable('The list has no end, so it is not from Kinto.')
  return read
}

/** Counts what was read, and hands it on in turns of the event loop. */
class ReadObjects {
  readonly #reading: Reading
  #left = { ...mostBytes }
  #piece = 0

  constructor(reading: Reading) {
    this.#reading = reading
  }

  get hasRoom(): boolean {
    return this.#left.taken > 0 && this.#left.leftOut > 0
  }

  async add(listed: ListedText): Promise<void> {
    const { take, leaveOut } = this.#reading
    if (listed.text === undefined) {
      this.#left.leftOut -= listed.bytes
      leaveOut?.(listed.start)
      return
    }
    this.#left.taken -= listed.bytes
    if (this.#piece === 0) await turns.next()
    this.#piece += Math.max(listed.bytes, ofObjectAtLeast)
    if (this.#piece > ofPiece) this.#piece = 0
    take(jsonObject({ body: listed.text }))
  }
}

/** The number of objects in a page, as Kinto says it in the URL of the next. */
function limitIn(path: string): number {
  return Number(new URL(path, 'http://kinto.invalid').searchParams.get('_limit'))
}
