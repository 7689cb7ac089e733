import type { Resource } from '../config/values.ts'
import { listAll } from './pages.ts'
import { collectionsPath } from './paths.ts'
import type { KintoSession } from './session.ts'

export type { Resource } from '../config/values.ts'

/** A collection, by its bucket and its id. */
export type Place = Required<Resource>

/** The form of the ids that Kinto makes. */
export const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Whether a collection lies under one of the configured resources. Whole segments are compared. The
 * owner of a personal bucket calls it `default`; its real id is a UUID
 * (`kinto/plugins/default_bucket`).
 */
export function inScope(resources: readonly Resource[], { bucket, collection }: Place): boolean {
  return resources.some(resource => {
    const isBucket =
      resource.bucket === bucket || (resource.bucket === 'default' && uuid.test(bucket))
    return isBucket && (resource.collection === undefined || resource.collection === collection)
  })
}

/**
 * The collections under the configured resources. Those of a whole bucket are asked of Kinto.
 * @throws KintoUnreachable, KintoRefusal
 */
export async function collectionsOf(
  session: KintoSession,
  version: string,
  resources: readonly Resource[]
): Promise<Place[]> {
  const places = await Promise.all(
    resources.map(async ({ bucket, collection }): Promise<Place[]> => {
      if (collection !== undefined) return [{ bucket, collection }]
      const objects = await listAll(session, collectionsPath(version, bucket))
      return objects.flatMap(({ id }) =>
        typeof id === 'string' ? [{ bucket, collection: id }] : []
      )
    })
  )
  return places.flat()
}
