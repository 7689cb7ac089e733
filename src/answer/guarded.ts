import { isJsonObject, type JsonObject } from '../kinto/json.ts'
import { readDecision } from './record.ts'

/** A client's write of a record, as far as its body tells. */
export interface RecordWrite {
  method: string
  /** Whether the body is a merge patch (RFC 7396). An array is a JSON patch (RFC 6902). */
  merge: boolean
  body: unknown
}

/** The fields that say which step a record is for, and what became of it. */
const guarded: readonly string[] = ['stateMachineArn', 'activityArn', 'executionArn', 'taskToken', 'status', 'answeredBy', 'answeredAt']

/** Whether the write could change a guarded field of some record. A PUT without `data` leaves a record's as they are. */
export function mayTouch ({ method, body }: RecordWrite): boolean {
  if (Array.isArray(body)) return body.some(operation => fieldsOf(operation).length > 0)
  const data = dataOf(body)
  return data !== undefined && (method === 'PUT' || guarded.some(name => Object.hasOwn(data, name)))
}

/** The guarded fields that the write would change in a record that is `existing` now. */
export function changedFields ({ method, merge, body }: RecordWrite, existing: JsonObject): string[] {
  if (Array.isArray(body)) return [...new Set(body.filter(operation => !keeps(operation, existing)).flatMap(fieldsOf))]
  const data = dataOf(body)
  return guarded.filter(name => data !== undefined && !same(existing[name], after(name, data)))

  function after (name: string, data: JsonObject): unknown {
    if (method !== 'PUT' && !Object.hasOwn(data, name)) return existing[name]
    return merge && data[name] === null ? undefined : data[name]
  }
}

/** Whether a record's step still waits for its answer, as far as the record tells. */
export function isPending (record: JsonObject): boolean {
  return readDecision(record) === undefined && [record['taskToken'], record['activityArn']].some(value => typeof value === 'string' && value !== '')
}

function dataOf (body: unknown): JsonObject | undefined {
  const data = isJsonObject(body) ? body['data'] : undefined
  return isJsonObject(data) ? data : undefined
}

/** The guarded fields that an operation of a JSON patch bears upon. */
function fieldsOf (operation: unknown): readonly string[] {
  if (!isJsonObject(operation) || operation['op'] === 'test') return []
  const { op, path, from } = operation
  return op === 'move' ? [...fieldsAt(path), ...fieldsAt(from)] : fieldsAt(path)
}

function fieldsAt (pointer: unknown): readonly string[] {
  const segments = segmentsOf(pointer)
  if (segments === undefined || (segments.length > 0 && segments[0] !== 'data')) return []
  const [, field] = segments
  return field === undefined ? guarded : guarded.filter(name => name === field)
}

/** An operation that sets a field to what it is. */
function keeps (operation: unknown, existing: JsonObject): boolean {
  if (!isJsonObject(operation)) return true
  const { op, path, value } = operation
  const [, field = '', ...deeper] = segmentsOf(path) ?? []
  return (op === 'add' || op === 'replace') && deeper.length === 0 && guarded.includes(field) && same(existing[field], value)
}

// https://www.rfc-editor.org/rfc/rfc6901.html
function segmentsOf (pointer: unknown): string[] | undefined {
  return typeof pointer === 'string' ? pointer.split('/').slice(1).map(segment => segment.replaceAll('~1', '/').replaceAll('~0', '~')) : undefined
}

function same (a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
