import type { JsonObject } from '../../src/kinto/json.ts'
import {
  invalidJson,
  missing,
  preflight,
  refused,
  reply,
  type StoreAnswer
} from './record-answers.ts'
import { batch } from './record-batch.ts'
import { parsed, placeOf } from './record-input.ts'
import { listOf } from './record-lists.ts'
import { answerRecord, type Asked } from './record-requests.ts'
import { may, principals, userOf } from './record-users.ts'

export interface StoredRecord {
  data: JsonObject
  permissions: { read?: string[]; write?: string[] }
}

/** A collection's rights on its records, and the only fields that its schema takes. */
export interface StoredCollection {
  read?: string[]
  write?: string[]
  'record:create'?: string[]
  fields?: string[]
}

/**
 * Records, with Kinto's responses to what the service asks: the root view, batches, lists, and GET,
 * PUT and PATCH of a record. Numbers keep their literal text.
 */
export class RecordStore {
  /** By URI, `/buckets/b/collections/c/records/r`. */
  readonly records = new Map<string, StoredRecord>()
  /** By URI. One that is not here does not exist. */
  readonly collections = new Map<string, StoredCollection>()
  /** The members of groups, by URI. */
  readonly groups = new Map<string, string[]>()
  /** The server's settings, as the root view shows them. */
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
    const { collection, id } = placeOf(uri)
    if (!this.collections.has(collection)) this.collections.set(collection, {})
    this.records.set(uri, {
      data: { ...parsed(data), id, last_modified: this.tick() },
      permissions: { ...permissions }
    })
  }

  /** Deletes a record, which leaves a tombstone. */
  remove(uri: string): void {
    this.records.delete(uri)
    this.#deleted.set(uri, {
      id: uri.split('/').at(-1),
      last_modified: this.tick(),
      deleted: true
    })
  }

  /** Resolves when requests have changed the record's data as wanted, maybe at once. */
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

  /** Checks what reaches() waits for. */
  changed(): void {
    for (const check of this.#watchers.slice()) check()
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
          : { user: { id: asked.user, principals: this.#principals(asked.user) } })
      })
    const { pathname } = new URL(uri, 'http://kinto')
    if (pathname.endsWith('/collections'))
      return reply(200, {
        data: [...this.collections.keys()]
          .filter(name => name.startsWith(`${pathname}/`))
          .map(name => ({ id: name.split('/').at(-1) }))
      })
    return isList ? this.#list(asked, new URL(uri, 'http://kinto')) : answerRecord(this, asked, uri)
  }

  #principals(user: string): string[] {
    const groups = [...this.groups].filter(([, members]) => members.includes(user))
    return [...principals(user), ...groups.map(([uri]) => uri)]
  }

  /**
   * Lists the records of a collection for users who may read all of them. POST is always refused.
   */
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

  /** The next value of `last_modified`. */
  tick(): unknown {
    this.#clock += 1
    return JSON.rawJSON(String(this.#clock))
  }
}
