import { jsonObject, KintoUnreachable } from '../kinto/client.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { recordPath, type RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { Place } from './collections.ts'
import type { Named } from './match.ts'

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
 * Finds the records that a task names, with the service's own account: among those in `places`, the ones that name the
 * activity. Records that do not exist (yet), or that the account may not read, are left out.
 * @throws AmbiguousId when one id fits several records; KintoUnreachable
 */
export async function locateRecords (session: KintoSession, version: string, named: Named, activityArn: string, listPlaces: () => Promise<Place[]>): Promise<Located[]> {
  const found = await readAll(session, [...named.uris.values()].map(ref => ({ version, ...ref })), activityArn)
  if (named.ids.size === 0) return found
  const places = await listPlaces()
  for (const record of [...named.ids].slice(0, maxIds)) {
    const same = await readAll(session, places.map(place => ({ version, ...place, record })), activityArn)
    if (same.length > 1) throw new AmbiguousId(`An id stands in ${same.length} collections, so it does not tell which record is meant.`)
    found.push(...same)
  }
  return found
}

async function readAll (session: KintoSession, refs: RecordRef[], activityArn: string): Promise<Located[]> {
  const records = await Promise.all(refs.map(async ref => {
    const answer = await session.get(recordPath(ref))
    // Not to be taken for a record that does not exist: it may be the one that makes an id ambiguous.
    if (answer.status >= 500) throw new KintoUnreachable(`Kinto answered ${answer.status}.`)
    const data = answer.status === 200 ? jsonObject(answer)['data'] : undefined
    return isJsonObject(data) && data['activityArn'] === activityArn ? [{ ref, data }] : []
  }))
  return records.flat()
}
