import type { Settings } from '../config/config.ts'
import { apiVersion } from '../kinto/paths.ts'
import { identify, mayWriteCollection } from '../kinto/permission.ts'
import { collectionsOf } from '../kinto/resources.ts'
import type { KintoSession } from '../kinto/session.ts'
import { ok, wrong, type CheckResult } from './result.ts'

/**
 * Looks whether the service's own account can record answers. `session` is that account's.
 * @throws KintoUnreachable
 */
export async function checkAccount(
  session: KintoSession,
  { resources }: Settings
): Promise<CheckResult[]> {
  const { principal } = await identify(session, apiVersion)
  if (principal === 'system.Everyone')
    return [
      wrong(
        'Kinto does not know the account of stepfunction.kinto_authorization, ' +
          'or its password is another one.'
      )
    ]
  const places = await collectionsOf(session, apiVersion, resources)
  const rights = await Promise.all(
    places.map(async place => ({
      ...place,
      may: await mayWriteCollection(session, { ...place, version: apiVersion })
    }))
  )
  const empty = resources.filter(({ bucket }) => !places.some(place => place.bucket === bucket))
  return [
    ok(`The service's own account is ${principal}.`),
    ...rights.map(({ bucket, collection, may }) =>
      may
        ? ok(`It may write /buckets/${bucket}/collections/${collection}.`)
        : wrong(
            `It may not write /buckets/${bucket}/collections/${collection}, ` +
              'so answers there cannot be recorded by it: give it write.'
          )
    ),
    ...empty.map(({ bucket }) =>
      wrong(
        `It sees no collection in /buckets/${bucket}, so answers there cannot be recorded by it: ` +
          'give it write there, or create the collection first.'
      )
    )
  ]
}
