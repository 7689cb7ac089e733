import { about } from '../../about.ts'
import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import { apiVersion } from '../../kinto/paths.ts'
import type { Resource } from '../../kinto/resources.ts'

const description = 'Answer steps of AWS Step Functions that wait for a decision on a record.'

// Where a workflow asks.
const ask = `/${apiVersion}/buckets/{bucket_id}/collections/{collection_id}/stepfunction`

// What waits for the caller.
const inbox = `/${apiVersion}/stepfunction/inbox`

/**
 * Kinto's root view with the capability that a plugin would announce there (`add_api_capability` in
 * `kinto/core/__init__.py`). It takes the place of one with the same name. Undefined when `view` is
 * no root view.
 */
export function withCapability(
  view: JsonObject,
  resources: readonly Resource[]
): JsonObject | undefined {
  const { capabilities } = view
  if (!isJsonObject(capabilities)) return undefined
  const { version, homepage: url } = about
  const stepfunction = { description, url, version, resources: resources.map(uri), ask, inbox }
  return { ...view, capabilities: { ...capabilities, stepfunction } }
}

function uri({ bucket, collection }: Resource): string {
  return collection === undefined
    ? `/buckets/${bucket}`
    : `/buckets/${bucket}/collections/${collection}`
}
