import { LRUCache } from 'lru-cache'
import { KintoRefusal, type KintoResponse } from '../kinto/client.ts'
import { unavailable } from '../kinto/errors.ts'
import { readFirst } from '../kinto/first-objects.ts'
import { hidden } from '../kinto/pages.ts'
import { apiVersion, collectionsPath } from '../kinto/paths.ts'
import type { Caller } from '../kinto/permission.ts'
import type { Place, Resource } from '../kinto/resources.ts'
import type { KintoSession } from '../kinto/session.ts'
import { everyone } from '../kinto/principals.ts'
import { notReadable } from './collection.ts'
import type { InboxNotes } from './notes.ts'

export interface CollectionsOptions {
  resources: readonly Resource[]
  serviceAccount: (() => KintoSession) | undefined
  notes: InboxNotes
}

/** The collections that a caller may have records in. */
export interface FoundCollections {
  places: Place[]
  /** Why the caller may not list the collections of a bucket, if they were asked. */
  refusal: KintoResponse | undefined
}

// A new collection is found after this time.
const keptForMs = 10_000
/** With more of them there is no inbox. */
export const mostCollections = 500
/** From this number on operators are warned. */
export const manyCollections = 400

/** Finds the collections under the configured resources. */
export class Collections {
  readonly #options: CollectionsOptions
  readonly #ofService = new LRUCache<string, Promise<Place[]>>({ max: 100, ttl: keptForMs })

  constructor(options: CollectionsOptions) {
    this.#options = options
  }

  /**
   * Those of a whole bucket are asked of Kinto as the service's own account, and as the caller
   * where it has none, or sees none. A stranger is told Kinto's own reason where there are none.
   * @throws Refusal 503, KintoUnreachable
   */
  async of(session: KintoSession, caller: Caller, version: string): Promise<FoundCollections> {
    const found = new Map<string, Place>()
    let refusal: KintoResponse | undefined
    for (const { bucket: name, collection } of this.#options.resources) {
      // `default` is another bucket for every account, the service's own included. To name it so
      // would make it.
      const bucket = name === 'default' ? caller.defaultBucket : name
      if (bucket === undefined) continue
      const listed =
        collection === undefined
          ? await this.#listed(session, version, bucket, name)
          : { places: [{ bucket, collection }], refusal: undefined }
      for (const place of listed.places) found.set(`${place.bucket}/${place.collection}`, place)
      refusal ??= listed.refusal
    }
    if (found.size === 0 && caller.principal === everyone)
      refusal ??= await this.#refusalOf(session, version)
    if (found.size > manyCollections)
      this.#options.notes.manyCollections(found.size, mostCollections)
    if (found.size <= mostCollections) return { places: [...found.values()], refusal }
    throw unavailable(
      `There are more than ${mostCollections} collections. ` +
        'Name those that count in stepfunction.resources.'
    )
  }

  /** What Kinto says to a caller who asks for the collections of the first bucket. */
  async #refusalOf(session: KintoSession, version: string): Promise<KintoResponse | undefined> {
    const [first] = this.#options.resources.map(({ bucket }) => bucket)
    return (await list(session, version, String(first))).refusal
  }

  async #listed(
    session: KintoSession,
    version: string,
    bucket: string,
    name: string
  ): Promise<FoundCollections> {
    const places = name === 'default' ? [] : await this.#listedByService(bucket)
    return places.length > 0 ? { places, refusal: undefined } : await list(session, version, bucket)
  }

  async #listedByService(bucket: string): Promise<Place[]> {
    const { serviceAccount } = this.#options
    if (serviceAccount === undefined) return []
    const kept = this.#ofService.get(bucket)
    if (kept !== undefined) return await kept
    const listed = list(serviceAccount(), apiVersion, bucket).then(({ places }) => places)
    this.#ofService.set(bucket, listed)
    listed.catch(() => this.#ofService.delete(bucket))
    return await listed
  }
}

async function list(
  session: KintoSession,
  version: string,
  bucket: string
): Promise<FoundCollections> {
  const places: Place[] = []
  const path = `${collectionsPath(version, bucket)}?_fields=id`
  try {
    await readFirst(session, path, {
      most: mostCollections + 1,
      take({ id }) {
        places.push({ bucket, collection: String(id) })
      }
    })
    return { places, refusal: undefined }
  } catch (error) {
    if (!(error instanceof KintoRefusal)) throw error
    const { response } = error
    if (hidden.has(response.status)) return { places: [], refusal: response }
    throw notReadable('The collections of a bucket', response)
  }
}
