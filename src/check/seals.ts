import { collectionsOf, type Place } from '../kinto/resources.ts'
import { readTokenField } from '../answer/record/token-field.ts'
import type { Settings } from '../config/config.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { listRecords } from '../kinto/pages.ts'
import { apiVersion, listPath } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import { Seals } from '../seal/seals.ts'
import { ok, warning, wrong, type CheckResult } from './result.ts'
import { propertiesIn, readSchema } from './schema.ts'

// For a token of 2,048 characters, and 100 fields with their digests.
const longestSeal = 16_384

// What happens in a collection whose schema lacks the field.
const neededFields = new Map([
  ['taskToken', 'nothing can be sealed there'],
  ['answerReceipt', 'decisions are recorded there without a proof']
])

/**
 * Looks at what the settings and Kinto's collections mean for sealed questions, with the service's
 * own account.
 * @throws KintoUnreachable
 */
export async function checkSeals(
  session: KintoSession,
  { resources, sealSecrets }: Settings
): Promise<CheckResult[]> {
  if (sealSecrets === undefined) return []
  const seals = new Seals(...sealSecrets)
  const [first, ...others] = seals.keyIds
  const places = await collectionsOf(session, apiVersion, resources)
  const found = await Promise.all(
    places.map(async place => [
      ...schemaFindings(place, await readSchema(session, place)),
      ...(await unknownKeys(session, place, seals))
    ])
  )
  const olders =
    others.length === 0 ? '' : ` What was sealed with ${others.join(', ')} is opened too.`
  return [ok(`Questions are sealed with the key ${first}.${olders}`), ...found.flat()]
}

/**
 * Kinto checks records against the schema only with
 * `kinto.experimental_collection_schema_validation`.
 */
function schemaFindings(place: Place, schema: JsonObject): CheckResult[] {
  const known = propertiesIn(schema)
  const { taskToken } = known
  const longest =
    isJsonObject(taskToken) && JSON.isRawJSON(taskToken['maxLength'])
      ? Number(taskToken['maxLength'].rawJSON)
      : Infinity
  const missing = [...neededFields].filter(
    ([name]) => schema['additionalProperties'] === false && !Object.hasOwn(known, name)
  )
  return [
    ...(longest < longestSeal
      ? [
          warning(
            `The schema of ${uri(place)} takes a taskToken of at most ${longest} characters. ` +
              `Sealed ones have up to ${longestSeal}: raise its maxLength.`
          )
        ]
      : []),
    ...missing.map(([name, consequence]) =>
      warning(`The schema of ${uri(place)} does not know ${name}: add it, or ${consequence}.`)
    )
  ]
}

async function unknownKeys(
  session: KintoSession,
  place: Place,
  seals: Seals
): Promise<CheckResult[]> {
  const listed = await listRecords(
    session,
    listPath(apiVersion, place, 'gt_taskToken=sealed:&exclude_status=SUCCEED,FAIL', ['taskToken'])
  )
  const ids = (typeof listed === 'string' ? [] : listed.objects).flatMap(data => {
    const field = readTokenField(
      { version: apiVersion, ...place, record: String(data['id']) },
      data,
      { seals, sealRequired: [] }
    )
    return field.kind === 'unknown key' ? [field.keyId] : []
  })
  if (ids.length === 0) return []
  const keyIds = [...new Set(ids)].join(', ')
  return [
    wrong(
      `Questions in ${uri(place)} wait that were sealed with a secret ` +
        `which is not in stepfunction.seal_secret: ${ids.length} (key ${keyIds}). ` +
        'Add it behind the first one, or they have to be asked again.'
    )
  ]
}

function uri({ bucket, collection }: Place): string {
  return `/buckets/${bucket}/collections/${collection}`
}
