import { parseJson, isJsonObject, type JsonObject } from '../../src/kinto/json.ts'
import {
  errors,
  etag,
  invalidJson,
  missing,
  modified,
  preflight,
  refused,
  reply,
  shown,
  unexpected,
  type StoreAnswer
} from './record-answers.ts'
import { batch } from './record-batch.ts'
import { listOf } from './record-lists.ts'
import { may, principals, userOf } from './record-users.ts'

export interface StoredRecord {
  data: JsonObject
  permissions: { read?: string[]; write?: string[] }
}

/** What a collection grants on all its records, and the only fields that its schema takes. */
export interface StoredCollection {
  read?: string[]
  write?: string[]
  'record:create'?: string[]
  fields?: string[]
}

/** A request, as far as it matters here. */
interface Asked {
  method: string
  header: (name: string) => string | undefined
  body: string
  user: string | undefined
}

const parent = /^(\/buckets\/[^/]+\/collections\/[^/]+)\/records\/([^/]+)$/

/** Records with Kinto's answers, as far as the service asks: the root view, lists, GET, PUT and PATCH of a record. Numbers keep their literal text. */
export class RecordStore {
  /** By URI, `/buckets/b/collections/c/records/r`. */
  readonly records = new Map<string, StoredRecord>()
  /** By URI. One that is not here does not exist. */
  readonly collections = new Map<string, StoredCollection>()
  /** What the root view says of the server. */
  readonly settings: Record<string, unknown> = { batch_max_requests: 25, readonly: false }
  readonly #deleted = new Map<string, JsonObject>()
  readonly #watchers: (() => void)[] = []
  #clock = Date.UTC(2026, 0, 1)

  /** Puts a record there, and its collection if there is none. `data` may be JSON text. */
  put(
    uri: string,
    data: JsonObject | string = {},
    permissions: StoredRecord['permissions'] = {}
  ): void {
    const [, collection = '', id = ''] = parent.exec(uri) ?? []
    if (!this.collections.has(collection)) this.collections.set(collection, {})
    this.records.set(uri, {
      data: { ...parsed(data), id, last_modified: this.#tick() },
      permissions: { ...permissions }
    })
  }

  /** Deletes a record, which leaves a tombstone. */
  remove(uri: string): void {
    this.records.delete(uri)
    this.#deleted.set(uri, {
      id: uri.split('/').at(-1),
      last_modified: this.#tick(),
      deleted: true
    })
  }

  /** Resolves when the data of the record, changed by a request, are as wanted, or were so before. */
  async reaches(uri: string, wanted: (data: JsonObject) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = (): void => {
      if (wanted(this.records.get(uri)?.data ?? {})) resolve()
    }
    this.#watchers.push(check)
    check()
    await promise
    this.#watchers.splice(this.#watchers.indexOf(check), 1)
  }

  answer(
    method: string,
    path: string,
    header: (name: string) => string | undefined,
    body: string
  ): StoreAnswer {
    const asked = { method, header, body, user: userOf(header('authorization')) }
    const uri = decodeURIComponent(path.slice('/v1'.length))
    const isList = /\/records(\?|$)/.test(uri)
    // A preflight says the same whether the record exists or not.
    if (method === 'OPTIONS')
      return preflight(
        isList
          ? ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']
          : ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
        header('origin'),
        header('access-control-request-method')
      )
    if (path === '/v1/batch')
      return batch(parsed(body), header, (...request) => this.answer(...request))
    if (path === '/v1/')
      return reply(200, {
        project_name: 'kinto',
        project_version: '26.5.0',
        capabilities: {},
        settings: this.settings,
        ...(asked.user === undefined
          ? {}
          : { user: { id: asked.user, principals: principals(asked.user) } })
      })
    if (uri.endsWith('/collections'))
      return reply(200, {
        data: [...this.collections.keys()]
          .filter(name => name.startsWith(`${uri}/`))
          .map(name => ({ id: name.split('/').at(-1) }))
      })
    return isList ? this.#list(asked, new URL(uri, 'http://kinto')) : this.#record(asked, uri)
  }

  #record(asked: Asked, uri: string): StoreAnswer {
    const { method, user, header } = asked
    const [, collection = '', id = ''] = parent.exec(uri) ?? []
    if (id === '') return reply(404, errors.unknownUrl)
    const rights = this.collections.get(collection)
    if (rights === undefined) return missing(111, 'collection', collection.split('/').at(-1))
    const record = this.records.get(uri)
    const writes = may(user, rights.write, record?.permissions.write)
    const creates = may(user, rights.write, rights['record:create'])
    if (method === 'PUT' && record === undefined)
      return creates ? this.#create(asked, uri) : refused(user)
    // Whoever may create is told what is there.
    if (method === 'PUT' && header('if-none-match') === '*' && (creates || writes))
      return modified(record?.data)
    if (record === undefined && may(user, rights.write, rights.read))
      return missing(110, 'record', id)
    const reads = writes || may(user, rights.read, record?.permissions.read)
    if (record === undefined || !(method === 'GET' ? reads : writes)) return refused(user)
    if (method === 'GET') return shown(200, record, user)
    return method === 'PATCH' || method === 'PUT'
      ? this.#change(asked, record, rights)
      : reply(405, errors.method)
  }

  #create(asked: Asked, uri: string): StoreAnswer {
    if (asked.header('if-match') !== undefined) return modified(undefined)
    const [, collection = '', id = ''] = parent.exec(uri) ?? []
    const record = { data: { id }, permissions: {} }
    const answer = this.#change(
      { ...asked, header: () => undefined },
      record,
      this.collections.get(collection) ?? {}
    )
    if (answer.status !== 200) return answer
    this.records.set(uri, record)
    return { ...answer, status: 201 }
  }

  #change(
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
      last_modified: this.#tick()
    }
    // `{}` keeps what is there; anything else that is put takes its place.
    if (Object.keys(permissions).length > 0)
      record.permissions =
        method === 'PATCH' ? { ...record.permissions, ...permissions } : permissions
    // Kinto makes whoever writes a record one of its own writers.
    record.permissions.write = [
      ...new Set([...(record.permissions.write ?? []), user ?? 'system.Everyone'])
    ]
    for (const check of this.#watchers.slice()) check()
    return shown(200, record, user)
  }

  /** All records of a collection that the filters let pass, to who may read all of them; what cannot be created there. */
  #list({ method, header, user, body }: Asked, url: URL): StoreAnswer {
    const uri = url.pathname.replace(/\/records$/, '')
    const rights = this.collections.get(uri)
    if (method === 'POST') {
      if (rights === undefined) return missing(111, 'collection', uri.split('/').at(-1))
      if (!may(user, rights.write, rights['record:create'])) return refused(user)
      if (body !== '[') throw new TypeError('records are created by PUT')
      return invalidJson()
    }
    if (!may(user, rights?.read, rights?.write)) return refused(user)
    const inside = ([name]: [string, unknown]): boolean => name.startsWith(`${url.pathname}/`)
    const deleted = [...this.#deleted]
      .filter(inside)
      .filter(([name]) => !this.records.has(name))
      .map(([, tombstone]) => tombstone)
    return listOf(
      [...[...this.records].filter(inside).map(([, { data }]) => data), ...deleted],
      url,
      header('if-none-match')
    )
  }

  #tick(): unknown {
    this.#clock += 1
    return JSON.rawJSON(String(this.#clock))
  }
}

function parsed(data: JsonObject | string): JsonObject {
  const value = typeof data === 'string' ? parseJson(data) : data
  if (!isJsonObject(value)) throw new TypeError('not a JSON object')
  return value
}
