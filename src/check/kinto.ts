import { jsonObject, requestKinto } from '../kinto/client.ts'
import { headerValues } from '../kinto/headers.ts'
import { isJsonObject } from '../kinto/json.ts'
import { apiVersion, recordPath, rootPath } from '../kinto/paths.ts'
import { KintoSession, type Kinto } from '../kinto/session.ts'
import { leadsToService } from '../kinto/via.ts'
import { wrongServer } from '../kinto/wrong-server.ts'
import { ok, warning, wrong, type CheckResult } from './result.ts'

/**
 * Looks whether Kinto has what the service needs. No account is needed for that.
 * @throws KintoUnreachable
 */
export async function checkKinto(server: Kinto): Promise<CheckResult[]> {
  const { origin } = server
  const response = await new KintoSession(server, [], () => server.timeoutMs).get(
    rootPath(apiVersion)
  )
  const mistaken = wrongServer(response)
  if (mistaken === leadsToService) return [wrong(mistaken)]
  if (response.status !== 200)
    return [
      wrong(
        `What listens at ${origin} answers ${response.status} to ${rootPath(apiVersion)}: ` +
          'it is not Kinto, or Kinto is not well.'
      )
    ]
  const { project_version: version, settings, capabilities, url } = jsonObject(response)
  if (typeof version !== 'string' || !isJsonObject(capabilities))
    return [wrong(`What listens at ${origin} is not Kinto.`)]
  return [
    Number.parseInt(version, 10) < 6
      ? wrong(`Kinto ${version} is too old: 6 is needed, for its conditional PATCH.`)
      : ok(`Kinto ${version} answers at ${origin}.`),
    ...(isReadOnly(settings) ? [wrong('Kinto is read-only, so no answer can be recorded.')] : []),
    ...((await hasPatch(server))
      ? []
      : [
          wrong(
            'Kinto takes no PATCH of records, so no answer can be recorded: ' +
              'take kinto.object_record_patch_enabled = false out of its settings.'
          )
        ]),
    ...(mistaken === undefined ? [] : [wrong(mistaken)]),
    ...(typeof url === 'string' && new URL(url).host !== new URL(origin).host
      ? [
          warning(
            `Kinto says that it is at ${url} (kinto.http_host). ` +
              'That must be the public address of this service.'
          )
        ]
      : [])
  ]
}

/**
 * Kinto's records have no POST. Its 405 lists the methods that they have, to any caller, whether
 * there is such a record or not (`kinto/core/cornice/pyramidhook.py`). A read-only Kinto lists
 * none.
 */
async function hasPatch({ dispatcher, origin, timeoutMs }: Kinto): Promise<boolean> {
  const path = recordPath({ version: apiVersion, bucket: 'any', collection: 'any', record: 'any' })
  const response = await requestKinto(dispatcher, origin, {
    method: 'POST',
    path,
    headers: [],
    timeoutMs
  })
  return headerValues(response.headers, 'allow').every(methods => /\bPATCH\b/.test(methods))
}

function isReadOnly(settings: unknown): boolean {
  return isJsonObject(settings) && settings['readonly'] === true
}
