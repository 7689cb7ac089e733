import type { Settings } from '../config/config.ts'
import { manyCollections, mostCollections } from '../inbox/collections.ts'
import { apiVersion } from '../kinto/paths.ts'
import { collectionsOf } from '../kinto/resources.ts'
import type { KintoSession } from '../kinto/session.ts'
import { warning, type CheckResult } from './result.ts'

/**
 * Looks whether there will soon be too many collections for the inbox.
 * @throws KintoUnreachable, KintoRefusal
 */
export async function checkCollections(
  session: KintoSession,
  { resources }: Settings
): Promise<CheckResult[]> {
  const { length } = await collectionsOf(session, apiVersion, resources)
  if (length <= manyCollections) return []
  return [
    warning(
      `There are ${length} collections. With more than ${mostCollections} there is no inbox: ` +
        'name those that count in stepfunction.resources.'
    )
  ]
}
