import { jsonObject } from '../kinto/client.ts'
import { headerValues } from '../kinto/headers.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { collectionsPath, recordPath, type RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { Named } from './match.ts'
import type { Resource } from './scope.ts'

/** A record that a task names, and that names the task's activity. */
export interface Located {
  ref: RecordRef
  data: JsonObject
}

/** A bare id that stands in several collections does not tell which record is meant. */
export class AmbiguousId extends Error {
  override readonly name = 'AmbiguousId'
}

// An input with more ids than this is not a list of reviewers.
const maxIds = 100

/**
 * Finds the records that a task names, with the service's own account: among those under `resources`, the ones that name the
 * activity. Records that do not exist (yet), or that the account may not read, are left out.
 * @throws AmbiguousId when one id fits several records; KintoUnreachable
 */
export async function locateRecords (session: KintoSession, version: string, named: Named, activityArn: string, resources: readonly Resource[]): Promise<Located[]> {
  const found = await readAll(session, [...named.uris.values()].map(ref => ({ version, ...ref })), activityArn)
  if (named.ids.size === 0) return found
  const collections = (await Promise.all(resources.map(resource => listCollections(session, version, resource)))).flat()
  for (const record of [...named.ids].slice(0, maxIds)) {
    const same = await readAll(session, collections.map(place => ({ version, ...place, record })), activityArn)
    if (same.length > 1) throw new AmbiguousId(`The id stands in ${same.length} collections.`)
    found.push(...same)
  }
  return found
}

async function readAll (session: KintoSession, refs: RecordRef[], activityArn: string): Promise<Located[]> {
  const records = await Promise.all(refs.map(async ref => {
    const answer = await session.get(recordPath(ref))
    const data = answer.status === 200 ? jsonObject(answer)['data'] : undefined
    return isJsonObject(data) && data['activityArn'] === activityArn ? [{ ref, data }] : []
  }))
  return records.flat()
}

async function listCollections (session: KintoSession, version: string, { bucket, collection }: Resource): Promise<{ bucket: string, collection: string }[]> {
  if (collection !== undefined) return [{ bucket, collection }]
  const found: { bucket: string, collection: string }[] = []
  for (let path: string | undefined = collectionsPath(version, bucket); path !== undefined;) {
    const answer = await session.get(path)
    const data = answer.status === 200 ? jsonObject(answer)['data'] : undefined
    if (!Array.isArray(data)) return found
    found.push(...data.flatMap((item: unknown) => isJsonObject(item) && typeof item['id'] === 'string' ? [{ bucket, collection: item['id'] }] : []))
    path = nextPage(headerValues(answer.headers, 'next-page')[0])
  }
  return found
}

// Kinto builds it from the Host header, so only its path and query count.
function nextPage (url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  const { pathname, search } = new URL(url)
  return pathname + search
}
