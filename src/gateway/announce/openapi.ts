import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import subResources from './sub-resources.json' with { type: 'json' }

interface Operation {
  responses: Record<string, object>
}

/**
 * The sub-resources, worded as Kinto's own resources are. Only the schema of an operation's errors,
 * its tag and its security are missing.
 */
const {
  tag,
  paths: ours,
  errorSchema
}: {
  tag: { name: string }
  paths: Record<string, { parameters: object[]; operations: Record<string, Operation> }>
  errorSchema: object
} = subResources

/**
 * Kinto's OpenAPI document (Swagger 2.0) with the sub-resources in it. Undefined when `document` is
 * no such document.
 */
export function withSubResources(document: JsonObject): JsonObject | undefined {
  const { swagger, paths, tags, securityDefinitions } = document
  if (swagger !== '2.0' || !isJsonObject(paths)) return undefined
  const all = Array.isArray(tags) ? tags : []
  const isTagged = all.some(known => isJsonObject(known) && known['name'] === tag.name)
  const security = securityOf(securityDefinitions)
  const added = mapValues(ours, ({ parameters, operations }) => ({
    parameters,
    ...mapValues(operations, operation => operationOf(operation, security))
  }))
  return { ...document, paths: { ...paths, ...added }, tags: isTagged ? all : [...all, tag] }
}

/**
 * An operation as Kinto would register it: errors have Kinto's shape, and every way to log in is
 * taken.
 */
function operationOf({ responses, ...operation }: Operation, security: object[]): object {
  const described = mapValues(responses, response => ({ schema: errorSchema, ...response }))
  return { responses: described, ...operation, tags: [tag.name], security }
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
