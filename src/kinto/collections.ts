import { listAll } from './pages.ts'
import { collectionsPath } from './paths.ts'
import type { KintoSession } from './session.ts'
import type { Resource } from './resources.ts'

/** A collection, by its bucket and its id. */
export type Place = Required<Resource>

/** The collections under the configured resources: those of a whole bucket are asked for. @throws KintoUnreachable */
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
