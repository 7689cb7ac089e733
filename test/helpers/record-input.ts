import { parseJson, isJsonObject, type JsonObject } from '../../src/kinto/json.ts'

const recordUri = /^(\/buckets\/[^/]+\/collections\/[^/]+)\/records\/([^/]+)$/

/** The collection's URI and the id in the URI of a record. Both are empty for any other URI. */
export function placeOf(uri: string): { collection: string; id: string } {
  const [, collection = '', id = ''] = recordUri.exec(uri) ?? []
  return { collection, id }
}

/**
 * A JSON object, or what its text says. Numbers in the text keep their literal form.
 * @throws TypeError if it is no object
 */
export function parsed(data: JsonObject | string): JsonObject {
  const value = typeof data === 'string' ? parseJson(data) : data
  if (!isJsonObject(value)) throw new TypeError('not a JSON object')
  return value
}
