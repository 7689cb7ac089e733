import { isJsonObject } from '../../src/kinto/json.ts'
import {
  errors,
  etag,
  missing,
  modified,
  refused,
  reply,
  shown,
  unexpected,
  type StoreAnswer
} from './record-answers.ts'
import { parsed, placeOf } from './record-input.ts'
import { may } from './record-users.ts'
import type { RecordStore, StoredCollection, StoredRecord } from './record-store.ts'

/** A request, as far as it matters here. */
export interface Asked {
  method: string
  header: (name: string) => string | undefined
  body: string
  user: string | undefined
}

/** Kinto's response to GET, PUT and PATCH of a record. */
export function answerRecord(store: RecordStore, asked: Asked, uri: string): StoreAnswer {
  const { method, user, header } = asked
  const { collection, id } = placeOf(uri)
  if (id === '') return reply(404, errors.unknownUrl)
  const rights = store.collections.get(collection)
  if (rights === undefined) return missing(111, 'collection', collection.split('/').at(-1))
  const record = store.records.get(uri)
  const writes = may(user, rights.write, record?.permissions.write)
  const creates = may(user, rights.write, rights['record:create'])
  if (method === 'PUT' && record === undefined)
    return creates ? create(store, asked, uri) : refused(user)
  // A user who may create records is told what is there.
  if (method === 'PUT' && header('if-none-match') === '*' && (creates || writes))
    return modified(record?.data)
  if (record === undefined && may(user, rights.write, rights.read))
    return missing(110, 'record', id)
  const reads = writes || may(user, rights.read, record?.permissions.read)
  if (record === undefined || !(method === 'GET' ? reads : writes)) return refused(user)
  if (method === 'GET') return shown(200, record, user)
  return method === 'PATCH' || method === 'PUT'
    ? change(store, asked, record, rights)
    : reply(405, errors.method)
}

function create(store: RecordStore, asked: Asked, uri: string): StoreAnswer {
  if (asked.header('if-match') !== undefined) return modified(undefined)
  const { collection, id } = placeOf(uri)
  const record = { data: { id }, permissions: {} }
  const answer = change(
    store,
    { ...asked, header: () => undefined },
    record,
    store.collections.get(collection) ?? {}
  )
  if (answer.status !== 200) return answer
  store.records.set(uri, record)
  return { ...answer, status: 201 }
}

function change(
  store: RecordStore,
  { method, user, header, body }: Asked,
  record: StoredRecord,
  { fields }: StoredCollection
): StoreAnswer {
  const condition = header('if-match')
  if (condition !== undefined && condition !== etag(record.data)) return modified(record.data)
  const { data = {}, permissions = {} } = parsed(body)
  if (!isJsonObject(data) || !isJsonObject(permissions))
    throw new TypeError('no data, or no permissions')
  const unknown = Object.keys(data).find(field => fields?.includes(field) === false)
  if (unknown !== undefined) return unexpected(unknown)
  record.data = {
    ...(method === 'PATCH' ? record.data : { id: record.data['id'] }),
    ...data,
    last_modified: store.tick()
  }
  // `{}` keeps what is there; anything else that is put takes its place.
  if (Object.keys(permissions).length > 0)
    record.permissions =
      method === 'PATCH' ? { ...record.permissions, ...permissions } : permissions
  // Kinto makes every user who writes a record one of its own writers.
  record.permissions.write = [
    ...new Set([...(record.permissions.write ?? []), user ?? 'system.Everyone'])
  ]
  store.changed()
  return shown(200, record, user)
}
