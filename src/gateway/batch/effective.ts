import { isJsonObject, type JsonObject } from '../../kinto/json.ts'

/** One request of a batch, as Kinto sees it once the batch's defaults are merged in. */
export interface SubRequest {
  method: string
  /** As the client wrote it, without the API's version in front or with it. */
  path: string
  headers: Record<string, string>
  body: JsonObject | undefined
}

/** Kinto refuses the whole batch, before it carries anything out. */
export class RefusedByKinto extends Error {
  override readonly name = 'RefusedByKinto'
}

const methods = ['GET', 'HEAD', 'DELETE', 'TRACE', 'POST', 'PUT', 'PATCH']
const fields = ['method', 'path', 'headers', 'body']

/**
 * The requests of a batch, checked as Kinto's schema does (`kinto/core/views/batch.py`).
 * @throws RefusedByKinto
 */
export function effectiveRequests(batch: unknown): SubRequest[] {
  require(isJsonObject(batch))
  const { requests, defaults = {}, ...others } = batch
  require(Array.isArray(requests) && isJsonObject(defaults) && Object.keys(others).length === 0)
  // Kinto checks the defaults alone as well. They need no path.
  subRequest({ path: '/', ...defaults })
  return requests.map(request => {
    require(isJsonObject(request))
    return subRequest(merged(request, defaults))
  })
}

function subRequest(fieldsOfIt: JsonObject): SubRequest {
  require(Object.keys(fieldsOfIt).every(name => fields.includes(name)))
  const { method, path, headers = {}, body } = fieldsOfIt
  require(typeof path === 'string' && path.startsWith('/') && !path.includes('/batch'))
  require(isStrings(headers) && (body === undefined || isJsonObject(body)))
  return { method: methodOf(method), path, headers, body }
}

// Kinto's schema ignores a method that is false to Python.
function methodOf(method: unknown): string {
  const none =
    method === undefined ||
    method === null ||
    method === '' ||
    method === false ||
    isZero(method) ||
    isEmpty(method)
  if (none) return 'GET'
  require(typeof method === 'string' && methods.includes(method))
  return method
}

/** The request's own values win. Objects are merged at any depth. */
function merged(request: JsonObject, defaults: JsonObject): JsonObject {
  const ownEntries = Object.entries(request).map(([name, value]) => [
    name,
    Object.hasOwn(defaults, name) ? mergedValue(value, defaults[name]) : value
  ])
  const defaultEntries = Object.entries(defaults).filter(([name]) => !Object.hasOwn(request, name))
  return Object.fromEntries([...ownEntries, ...defaultEntries])
}

function mergedValue(value: unknown, fallback: unknown): unknown {
  if (!isJsonObject(fallback)) return value
  require(isJsonObject(value))
  return merged(value, fallback)
}

function isZero(value: unknown): boolean {
  return (typeof value === 'number' || JSON.isRawJSON(value)) && Number(JSON.stringify(value)) === 0
}

function isEmpty(value: unknown): boolean {
  return (Array.isArray(value) || isJsonObject(value)) && Object.keys(value).length === 0
}

function isStrings(headers: unknown): headers is Record<string, string> {
  return isJsonObject(headers) && Object.values(headers).every(value => typeof value === 'string')
}

function require(holds: boolean): asserts holds {
  if (!holds) throw new RefusedByKinto('Kinto refuses this batch.')
}
