import { LRUCache } from 'lru-cache'
import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import { editJson, type Edit } from './edit-json.ts'
import { subResourcePath, tag } from './openapi-path.ts'

// As Kinto's plugin would register it.
const path = '/buckets/{bucket_id}/collections/{collection_id}/records/{record_id}/stepfunction'

// Kinto makes the document once per process, and to edit its 170 kB takes as long as some hundred other requests.
const edited = new LRUCache<string, Buffer>({ max: 8 })

/** Kinto's OpenAPI document (Swagger 2.0) with the sub-resource in it. Undefined when this is no such document. */
export function withSubResource (body: Buffer): Buffer | undefined {
  const key = body.toString('latin1')
  const known = edited.get(key)
  if (known !== undefined) return known
  const document = editJson(body, edits)
  if (document !== undefined) edited.set(key, document)
  return document
}

function edits ({ swagger, paths, tags, securityDefinitions }: JsonObject): Edit[] | undefined {
  if (swagger !== '2.0' || !isJsonObject(paths)) return undefined
  const all = Array.isArray(tags) ? tags : []
  const tagged = all.some(known => isJsonObject(known) && known['name'] === tag)
  const toTags: Edit = [['tags', all.length], { name: tag }]
  return [
    [['paths', path], subResourcePath(securityOf(securityDefinitions))],
    ...tagged ? [] : [toTags]
  ]
}

/** Every way to log in that Kinto knows, with all its scopes, as Kinto has it on its own operations (`kinto/core/openapi.py`). */
function securityOf (definitions: unknown): Record<string, string[]>[] {
  if (!isJsonObject(definitions)) return []
  return Object.entries(definitions).map(([name, definition]) => {
    const scopes = isJsonObject(definition) ? definition['scopes'] : undefined
    return { [name]: isJsonObject(scopes) ? Object.keys(scopes) : [] }
  })
}
