import { headerValues } from '../../kinto/headers.ts'
import { isJsonObject, weighJson, type JsonObject } from '../../kinto/json.ts'
import { subResourceOf, type SubResource } from '../classify.ts'
import { shownPath } from './sub-request.ts'

export interface ReceivedBatch {
  body: Buffer
  /** The API version in the batch's own path. Kinto puts it in front of the paths in the batch. */
  version: string
  headers: readonly string[]
}

/**
 * For each request of a batch, the sub-resource that it is for. Empty where none is for one, or
 * where that cannot be told: an answer that is overlooked ends in Kinto's 404, and nothing is lost.
 */
export function findTargets(
  { body, version, headers }: ReceivedBatch,
  isOurs: (target: SubResource) => boolean
): (SubResource | undefined)[] {
  if (!mayNameOurs(body) || !isJson(headers)) return []
  const { requests, defaults } = contentOf(body)
  // Looked at once for all requests that have no path of their own.
  const usual = targetAt(defaults)
  const targets = requests.map(request => (hasPath(request) ? targetAt(request) : usual))
  return targets.some(target => target !== undefined) ? targets : []

  function targetAt(request: unknown): SubResource | undefined {
    const path = hasPath(request) ? request['path'] : undefined
    const target = typeof path === 'string' ? subResourceOf(shownPath(path, version)) : undefined
    return target !== undefined && isOurs(target) ? target : undefined
  }
}

/** Whether a sub-resource's name may stand in a batch, perhaps escaped, in JSON or in a URL. */
function mayNameOurs(body: Buffer): boolean {
  return ['stepfunction', '\\', '%'].some(text => body.includes(text))
}

/**
 * Whether the headers say that the batch is JSON, in UTF-8 and not compressed. Browsers send other
 * types across sites without asking, so no question may be answered by them:
 * https://fetch.spec.whatwg.org/#cors-safelisted-request-header
 * Kinto tells capital letters in the type apart.
 */
function isJson(headers: readonly string[]): boolean {
  const [type, ...parameters] = valueOfHeader('content-type')
    .split(';')
    .map(part => part.trim())
  const charsets = parameters.filter(text => /^charset/i.test(text))
  return (
    type === 'application/json' &&
    charsets.every(text => /^charset="?utf-?8"?$/i.test(text)) &&
    /^(identity)?$/i.test(valueOfHeader('content-encoding'))
  )

  function valueOfHeader(name: string): string {
    return headerValues(headers, name).join(', ')
  }
}

// Kinto refuses a batch with more requests than it takes (25 by default), so nothing in it has to
// be found.
const mostRequests = 1_000
const mostValues = 200_000

function contentOf(body: Buffer): { requests: unknown[]; defaults: unknown } {
  const batch = weighJson(body).values > mostValues ? undefined : valueOf(body)
  const { requests, defaults } = isJsonObject(batch) ? batch : {}
  return {
    requests: Array.isArray(requests) && requests.length <= mostRequests ? requests : [],
    defaults
  }
}

/** Undefined for a body that is no JSON to JavaScript. */
function valueOf(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body))
  } catch {
    return undefined
  }
}

function hasPath(request: unknown): request is JsonObject {
  return isJsonObject(request) && Object.hasOwn(request, 'path')
}
