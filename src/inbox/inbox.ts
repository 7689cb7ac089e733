import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { RecordReader } from '../answer/record/reader.ts'
import type { Callers } from '../kinto/callers.ts'
import { KintoRefusal, type KintoResponse } from '../kinto/client.ts'
import { tooMany } from '../kinto/errors.ts'
import { followUp } from '../kinto/follow-up.ts'
import { collectionPath, rootPath, type CollectionRef } from '../kinto/paths.ts'
import { callerIn, type Caller } from '../kinto/permission.ts'
import { everyone } from '../kinto/principals.ts'
import type { KintoSession } from '../kinto/session.ts'
import { Shares } from '../shares.ts'
import { lookAt, type Looked, type Wanted } from './collection.ts'
import type { Collections } from './collections.ts'
import { FirstEntries } from './first-entries.ts'
import type { InboxNotes } from './notes.ts'
import { readQuery } from './query.ts'
import { Readings } from './readings.ts'

export interface InboxOptions {
  callers: Callers
  collections: Collections
  reader: RecordReader
  notes: InboxNotes
}

/** A client's GET of the inbox. */
export interface InboxCall {
  version: string
  /** Of the URL. */
  query: string
  session: KintoSession
  /** Whether the client has seen a list with this `ETag`. Undefined: it has seen none. */
  hasSeen: ((etag: string) => boolean) | undefined
}

/** What a caller gets to see. `list` is undefined where they have seen it. */
export interface ShownInbox {
  etag: string
  list: FirstEntries | undefined
  /** Of Kinto's response to the caller. */
  headers: string[]
}

type Read = Omit<ShownInbox, 'headers'>

// Most of them wait for their turn to read, and hold nothing.
const looks = { size: 256, share: 16 }

// Each holds some hundred entries of some kB, and has some requests to Kinto at the same time, each
// with one record of some MiB at the most.
const mostReadings = 4
const atOneTime = 8

// A collection that anybody may read is among the first, or a stranger has to log in.
const mostForStrangers = 16

const mostEntries = 500
const mostKnown = 1_000

/** Shows people what waits for them, over all collections. */
export class Inbox {
  readonly #options: InboxOptions
  readonly #looks = new Shares(looks)
  readonly #readings = new Readings<Read>(mostReadings)
  /** The version that the list of each collection had last: to all callers it is the same. */
  readonly #known = new LRUCache<string, string>({ max: mostKnown })

  constructor(options: InboxOptions) {
    this.#options = options
  }

  /**
   * Kinto is asked as the caller throughout, so nobody sees more than it shows them.
   * @throws KintoRefusal (to be relayed), Refusal 400, 503, KintoUnreachable; within FollowUpFailed
   * once Kinto has responded
   */
  async look(call: InboxCall): Promise<ShownInbox> {
    const { caller, isConfirmed } = this.#options.callers.of(call.session.authorization)
    return await this.#looks.use(
      caller,
      tooMany('looks at the inbox'),
      async () => {
        const rootView = await call.session.get(rootPath(call.version))
        if (rootView.status !== 200) throw new KintoRefusal(rootView)
        const shown = await followUp(rootView, () => this.#lookAs(callerIn(rootView), call))
        return { ...shown, headers: rootView.headers }
      },
      isConfirmed
    )
  }

  async #lookAs(caller: Caller, { version, query, session, hasSeen }: InboxCall): Promise<Read> {
    const { callers, reader, notes } = this.#options
    const wanted = {
      query: readQuery(query),
      session,
      // In any order they are the same.
      principals: [...new Set(caller.principals)].toSorted(),
      reader,
      entries: new FirstEntries(mostEntries),
      notes
    }
    callers.confirm(session, caller)
    const { principal } = caller
    // Kinto's 401 has the CORS headers of one client.
    const isShared = hasSeen === undefined && principal !== everyone
    return await this.#readings.read({
      caller: principal,
      key: isShared ? JSON.stringify([version, wanted.query, wanted.principals]) : undefined,
      read: async () => await this.#read(caller, version, wanted, hasSeen)
    })
  }

  async #read(
    caller: Caller,
    version: string,
    wanted: Wanted,
    hasSeen: InboxCall['hasSeen']
  ): Promise<Read> {
    const { collections } = this.#options
    const { query, session, principals } = wanted
    const { places, refusal } = await collections.of(session, caller, version)
    const refs = places.map(place => ({ version, ...place }))
    const isStranger = caller.principal === everyone
    const isPoll = hasSeen !== undefined
    const seen = await this.#lookAtAll(refs, wanted, { isPoll, isStranger })
    if (isStranger) requireLogin(seen, refusal)
    const etag = tagOf([query, principals, seen.map(versionIn)])
    if (hasSeen?.(etag) === true) return { etag, list: undefined }
    const unread = seen.filter(({ kind }) => kind === 'unchanged').map(({ ref }) => ref)
    await this.#lookAtAll(unread, wanted, { isPoll: false, isStranger: false })
    return { etag, list: wanted.entries }
  }

  async #lookAtAll(
    refs: readonly CollectionRef[],
    wanted: Wanted,
    { isPoll, isStranger }: { isPoll: boolean; isStranger: boolean }
  ): Promise<Seen[]> {
    const seen: Seen[] = []
    for (let at = 0; at < refs.length; at += atOneTime) {
      if (isStranger && at >= mostForStrangers && loginNeeded(seen) !== undefined) break
      const some = refs.slice(at, at + atOneTime)
      seen.push(...(await Promise.all(some.map(ref => this.#lookAt(ref, wanted, isPoll)))))
    }
    return seen
  }

  async #lookAt(ref: CollectionRef, wanted: Wanted, isPoll: boolean): Promise<Seen> {
    const key = collectionPath(ref)
    const looked = await lookAt(ref, wanted, isPoll ? this.#known.get(key) : undefined)
    if (looked.kind === 'read') this.#known.set(key, looked.etag)
    return { ref, ...looked }
  }
}

type Seen = Looked & { ref: CollectionRef }

/** @throws KintoRefusal when nobody is logged in, and nothing is public */
function requireLogin(seen: readonly Seen[], refusal: KintoResponse | undefined): void {
  const unauthorized = loginNeeded(seen) ?? refusal
  const isPublic = seen.some(({ kind }) => kind !== 'hidden')
  if (unauthorized?.status === 401 && !isPublic) throw new KintoRefusal(unauthorized)
}

/** Kinto's own 401, where it showed nothing. */
function loginNeeded(seen: readonly Seen[]): KintoResponse | undefined {
  const refusals = seen.flatMap(looked => (looked.kind === 'hidden' ? [looked.refusal] : []))
  return refusals.length === seen.length ? refusals.find(({ status }) => status === 401) : undefined
}

/** Joining a group moves no timestamp of Kinto's, so principals are part of it. */
function tagOf(parts: unknown[]): string {
  return `"${createHash('sha256').update(JSON.stringify(parts)).digest('base64url')}"`
}

function versionIn(looked: Seen): unknown[] {
  const { bucket, collection } = looked.ref
  return [bucket, collection, looked.kind === 'hidden' ? null : looked.etag]
}
