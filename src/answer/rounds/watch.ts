import { LRUCache } from 'lru-cache'
import { listRecords, type ListedObjects } from '../../kinto/pages.ts'
import { apiVersion, listPath } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import type { Log } from '../../log.ts'
import { type RecordReader } from '../record/reader.ts'
import { judgedBy, type Glance } from '../record/reading.ts'
import { collectionsOf, type Place, type Resource } from '../../kinto/resources.ts'

export interface WatchOptions {
  reader: RecordReader
  /** Whether questions are sealed here. */
  seals: boolean
  resources: readonly Resource[]
  log: Log
}

/** What a look at a collection brought. */
export interface Look {
  /** The records that are new or changed. */
  seen: Glance[]
  /**
   * The collection, if all of it was looked at. Then a known record that is not among `seen` does
   * not wait any more.
   */
  whole: Place | undefined
}

// Somebody may make ids up.
const mostUnknownKeys = 100

// Every five minutes, where a look is taken every 10 s.
const looksToAWhole = 30

/**
 * Looks at the records that wait under `resources`, with the service's own account: first at all of
 * them, then at those that Kinto lists as changed since. For a collection that was not changed, a
 * look costs one request, and the response has no body.
 */
export class RecordWatch {
  readonly #options: WatchOptions
  readonly #versions = new Map<string, string>()
  #looks = 0
  readonly #unknownKeys = new LRUCache<string, true>({ max: mostUnknownKeys })

  constructor(options: WatchOptions) {
    this.#options = options
  }

  /** Never throws: what cannot be read is left for the next look, and the log says so. */
  async look(session: KintoSession): Promise<Look[]> {
    const { resources, log } = this.#options
    // A client may write a record with a `last_modified` of the past, and then Kinto does not list
    // it as changed.
    if (this.#looks++ % looksToAWhole === 0) this.#versions.clear()
    try {
      const places = await collectionsOf(session, apiVersion, resources)
      return (await Promise.all(places.map(place => this.#tryToLookAt(session, place)))).flat()
    } catch (err) {
      log.warn({ err }, 'the records that wait could not be read')
      return []
    }
  }

  /** One collection that cannot be read must not keep the others from their heartbeats. */
  async #tryToLookAt(session: KintoSession, place: Place): Promise<Look[]> {
    try {
      return [await this.#lookAt(session, place)]
    } catch (err) {
      this.#options.log.warn({ err, ...place }, 'the records that wait could not be read')
      return []
    }
  }

  async #lookAt(session: KintoSession, place: Place): Promise<Look> {
    const key = `/buckets/${place.bucket}/collections/${place.collection}`
    const known = this.#versions.get(key)
    const changed =
      known === undefined ? 'refused' : await listRecords(session, since(place, known), known)
    if (changed === 'unchanged') return { seen: [], whole: undefined }
    // Kinto refuses a time that is far in the future. A client may have given such a time to one of
    // its records.
    const { objects, etag } = changed === 'refused' ? await this.#listAll(session, place) : changed
    if (etag === undefined) this.#versions.delete(key)
    else this.#versions.set(key, etag)
    const seen = objects.flatMap(data => {
      const { id: record } = data
      return typeof record === 'string'
        ? [this.#options.reader.glance({ version: apiVersion, ...place, record }, data)]
        : []
    })
    for (const { tokenField } of seen)
      if (tokenField.kind === 'unknown key') this.#tell(tokenField.keyId, place)
    return { seen, whole: changed === 'refused' ? place : undefined }
  }

  #tell(keyId: string, place: Place): void {
    if (this.#unknownKeys.has(keyId)) return
    this.#unknownKeys.set(keyId, true)
    this.#options.log.error(
      { keyId, ...place },
      'questions wait that were sealed with a secret which is not in stepfunction.seal_secret: ' +
        'they cannot be answered here, and get no heartbeats'
    )
  }

  async #listAll(session: KintoSession, place: Place): Promise<ListedObjects> {
    // The filter also finds texts that come later in an alphabet. They do no harm.
    const sealed = 'gt_taskToken=sealed:'
    const inClear = 'has_heartbeatSeconds=true&exclude_status=SUCCEED,FAIL'
    const lists: ListedObjects[] = []
    for (const filters of this.#options.seals ? [sealed, inClear] : [inClear]) {
      const listed = await listRecords(session, listPath(apiVersion, place, filters, judgedBy))
      if (typeof listed === 'object') lists.push(listed)
    }
    return { objects: lists.flatMap(({ objects }) => objects), etag: lists[0]?.etag }
  }
}

function since(place: Place, etag: string): string {
  return listPath(apiVersion, place, `_since=${encodeURIComponent(etag)}`, judgedBy)
}
