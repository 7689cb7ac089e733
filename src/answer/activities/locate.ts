import { jsonObject, KintoUnreachable } from '../../kinto/client.ts'
import { isJsonObject } from '../../kinto/json.ts'
import { recordPath, type RecordRef } from '../../kinto/paths.ts'
import type { KintoSession } from '../../kinto/session.ts'
import type { Place } from '../../kinto/resources.ts'
import type { NamedRecords } from '../record/match.ts'
import { isParsable } from '../../kinto/records.ts'
import type { RecordReader } from '../record/reader.ts'
import type { Reading } from '../record/reading.ts'

/** A bare id that stands in several collections does not tell which record is meant. */
export class AmbiguousId extends Error {
  override readonly name = 'AmbiguousId'
}

// An input with more ids than this is not a list of reviewers.
const maxIds = 100

/** A task, as far as its records are looked for. */
export interface Sought {
  version: string
  named: NamedRecords
  activityArn: string
}

/**
 * Finds the records that a task names, with the service's own account. Only records that name the
 * activity count. Those that do not exist (yet), or that the account may not read, are left out.
 * @throws AmbiguousId when one id fits several records; KintoUnreachable
 */
export async function locateRecords(
  session: KintoSession,
  { version, named, activityArn }: Sought,
  reader: RecordReader,
  listPlaces: () => Promise<Place[]>
): Promise<Reading[]> {
  const found = await readAll([...named.uris.values()].map(ref => ({ version, ...ref })))
  if (named.ids.size === 0) return found
  const places = await listPlaces()
  for (const record of [...named.ids].slice(0, maxIds)) {
    const same = await readAll(places.map(place => ({ version, ...place, record })))
    if (same.length > 1)
      throw new AmbiguousId(
        `An id stands in ${same.length} collections, so it does not tell which record is meant.`
      )
    found.push(...same)
  }
  return found

  async function readAll(refs: RecordRef[]): Promise<Reading[]> {
    const records = await Promise.all(
      refs.map(async ref => {
        const response = await session.get(recordPath(ref))
        // The record may exist all the same, and may be the one that makes an id ambiguous.
        if (response.status >= 500) throw new KintoUnreachable(`Kinto answered ${response.status}.`)
        const data =
          response.status === 200 && isParsable(response, reader.bounds)
            ? jsonObject(response)['data']
            : undefined
        return isJsonObject(data) ? [reader.read(ref, data)] : []
      })
    )
    return records
      .flat()
      .filter(
        reading =>
          reader.asksActivity(reading, activityArn) && reader.isAskedBy(reading, named.seals)
      )
  }
}
