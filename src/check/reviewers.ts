import type { Settings } from '../config/config.ts'
import { listRecords } from '../kinto/pages.ts'
import { apiVersion, listPath } from '../kinto/paths.ts'
import { isPrincipal } from '../kinto/principals.ts'
import { collectionsOf } from '../kinto/resources.ts'
import type { KintoSession } from '../kinto/session.ts'
import { warning, type CheckResult } from './result.ts'

/**
 * Looks whether the reviewers of the questions that wait are named as Kinto names them.
 * @throws KintoUnreachable, KintoRefusal
 */
export async function checkReviewers(
  session: KintoSession,
  { resources }: Settings
): Promise<CheckResult[]> {
  const places = await collectionsOf(session, apiVersion, resources)
  const found = await Promise.all(
    places.map(async place => {
      const path = listPath(apiVersion, place, 'exclude_status=SUCCEED,FAIL', ['reviewer'])
      const listed = await listRecords(session, path)
      const objects = typeof listed === 'string' ? [] : listed.objects
      const mistaken = objects.filter(
        ({ reviewer }) => typeof reviewer === 'string' && !isPrincipal(reviewer)
      )
      const [first] = mistaken
      if (first === undefined) return []
      const uri = `/buckets/${place.bucket}/collections/${place.collection}`
      return [
        warning(
          `Questions in ${uri} wait whose reviewer is no principal of Kinto: ${mistaken.length}, ` +
            `such as ${String(first['id'])}. A principal is written as account:alice is.`
        )
      ]
    })
  )
  return found.flat()
}
