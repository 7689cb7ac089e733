import type { Settings } from '../config/config.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { apiVersion } from '../kinto/paths.ts'
import { collectionsOf, type Place } from '../kinto/resources.ts'
import type { KintoSession } from '../kinto/session.ts'
import { warning, type CheckResult } from './result.ts'
import { propertiesIn, readSchema } from './schema.ts'

// What the service reads in these fields. With another value nobody can answer the record.
const read = new Map([
  ['requestedBy', { types: ['string', 'array'], meaning: 'who asked, as principals' }],
  ['choices', { types: ['array'], meaning: 'the list of the answers that there are' }],
  ['form', { types: ['object'], meaning: 'a JSON Schema' }],
  ['expiresAt', { types: ['string'], meaning: 'a date and time of RFC 3339' }]
])

/**
 * Looks whether the collections' schemas use names of the service's fields with another meaning.
 * @throws KintoUnreachable, KintoRefusal
 */
export async function checkFields(
  session: KintoSession,
  { resources }: Settings
): Promise<CheckResult[]> {
  const places = await collectionsOf(session, apiVersion, resources)
  const found = await Promise.all(
    places.map(async place => strangeFields(place, await readSchema(session, place)))
  )
  return found.flat()
}

function strangeFields({ bucket, collection }: Place, schema: JsonObject): CheckResult[] {
  const properties = propertiesIn(schema)
  return [...read].flatMap(([name, { types, meaning }]) => {
    const property = properties[name]
    if (!isJsonObject(property) || declares(property, types)) return []
    return [
      warning(
        `The schema of /buckets/${bucket}/collections/${collection} has another meaning for ` +
          `${name}: the service reads it as ${meaning}, and records with anything else ` +
          'in it take no answer. Rename the field (docs/migration.md).'
      )
    ]
  })
}

/** Whether a property may hold one of the types, and no other format than that of a time. */
function declares({ type = [], format }: JsonObject, types: readonly string[]): boolean {
  const declared: unknown[] = Array.isArray(type) ? type : [type]
  const isOfType = declared.length === 0 || declared.some(name => types.includes(String(name)))
  return isOfType && (format === undefined || format === 'date-time')
}
