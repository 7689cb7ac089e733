import { jsonObject } from '../kinto/client.ts'
import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { apiVersion, collectionPath } from '../kinto/paths.ts'
import type { Place } from '../kinto/resources.ts'
import type { KintoSession } from '../kinto/session.ts'

/**
 * The schema of a collection's records; empty where there is none.
 * @throws KintoUnreachable
 */
export async function readSchema(session: KintoSession, place: Place): Promise<JsonObject> {
  const response = await session.get(collectionPath({ version: apiVersion, ...place }))
  const { data } = response.status === 200 ? jsonObject(response) : {}
  const schema = isJsonObject(data) ? data['schema'] : undefined
  return isJsonObject(schema) ? schema : {}
}

/** What a schema says of each field. */
export function propertiesIn({ properties }: JsonObject): JsonObject {
  return isJsonObject(properties) ? properties : {}
}
