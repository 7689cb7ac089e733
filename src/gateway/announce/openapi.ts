import { LRUCache } from 'lru-cache'
import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import { editJson, type Edit } from './edit-json.ts'
import subResources from './sub-resources.json' with { type: 'json' }

interface Operation {
  responses: Record<string, object>
}

/**
 * The sub-resources, worded as Kinto's own resources are. Only the schema of an operation's errors,
 * its tag and its security are missing.
 */
const {
  paths: ours,
  errorSchema
}: {
  paths: Record<string, { parameters: object[]; operations: Record<string, Operation> }>
  errorSchema: object
} = subResources

// Kinto groups its operations by tags.
const tag = 'Stepfunction'

// Kinto makes the document once per process. To edit its 170 kB takes as long as some hundred other
// requests.
const edited = new LRUCache<string, Buffer>({ max: 8 })

/**
 * Kinto's OpenAPI document (Swagger 2.0) with the sub-resources in it. Undefined when `body` is no
 * such document.
 */
export function withSubResources(body: Buffer): Buffer | undefined {
  const key = body.toString('latin1')
  const known = edited.get(key)
  if (known !== undefined) return known
  const document = editJson(body, edits)
  if (document !== undefined) edited.set(key, document)
  return document
}

function edits({ swagger, paths, tags, securityDefinitions }: JsonObject): Edit[] | undefined {
  if (swagger !== '2.0' || !isJsonObject(paths)) return undefined
  const all = Array.isArray(tags) ? tags : []
  const tagged = all.some(known => isJsonObject(known) && known['name'] === tag)
  const toTags: Edit = [['tags', all.length], { name: tag }]
  const security = securityOf(securityDefinitions)
  const items = Object.entries(ours).map(([path, { parameters, operations }]): Edit => [
    ['paths', path],
    { parameters, ...mapValues(operations, operation => operationOf(operation, security)) }
  ])
  return [...items, ...(tagged ? [] : [toTags])]
}

/**
 * An operation as Kinto would register it: errors have Kinto's shape, and every way to log in is
 * taken.
 */
function operationOf({ responses, ...operation }: Operation, security: object[]): object {
  const described = mapValues(responses, response => ({ schema: errorSchema, ...response }))
  return { responses: described, ...operation, tags: [tag], security }
}

function mapValues<Value, Mapped>(
  object: Record<string, Value>,
  map: (value: Value) => Mapped
): Record<string, Mapped> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value)]))
}

/**
 * Every way to log in that Kinto knows, with all its scopes, as on Kinto's own operations
 * (`kinto/core/openapi.py`).
 */
function securityOf(definitions: unknown): Record<string, string[]>[] {
  if (!isJsonObject(definitions)) return []
  return Object.entries(definitions).map(([name, definition]) => {
    const scopes = isJsonObject(definition) ? definition['scopes'] : undefined
    return { [name]: isJsonObject(scopes) ? Object.keys(scopes) : [] }
  })
}
