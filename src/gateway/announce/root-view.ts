import { about } from '../../about.ts'
import type { Log } from '../../log.ts'
import type { Resource } from '../../kinto/resources.ts'
import { isJsonObject } from '../../kinto/json.ts'
import { apiVersion } from '../../kinto/paths.ts'
import { editJson } from './edit-json.ts'

const description = 'Answer steps of AWS Step Functions that wait for a decision on a record.'

// Where a workflow asks.
const ask = `/${apiVersion}/buckets/{bucket_id}/collections/{collection_id}/stepfunction`

// Clients read the root view all the time, and an operator needs to be told only once.
const told = new WeakSet<Log>()

/**
 * Kinto's root view with the capability that a plugin would announce there (`add_api_capability` in
 * `kinto/core/__init__.py`). It takes the place of one with the same name. Undefined when `body` is
 * no root view.
 */
export function withCapability(
  body: Buffer,
  resources: readonly Resource[],
  log: Log
): Buffer | undefined {
  return editJson(body, ({ capabilities }) => {
    if (!isJsonObject(capabilities)) return undefined
    if (Object.hasOwn(capabilities, 'stepfunction')) tellOfPlugin(log)
    const { version, homepage: url } = about
    return [
      [
        ['capabilities', 'stepfunction'],
        { description, url, version, resources: resources.map(uri), ask }
      ]
    ]
  })
}

function tellOfPlugin(log: Log): void {
  if (told.has(log)) return
  told.add(log)
  log.warn(
    'Kinto still has the Python plugin stepfunction, which lets anybody answer: ' +
      'take it out of kinto.includes, and restart Kinto'
  )
}

function uri({ bucket, collection }: Resource): string {
  return collection === undefined
    ? `/buckets/${bucket}`
    : `/buckets/${bucket}/collections/${collection}`
}
