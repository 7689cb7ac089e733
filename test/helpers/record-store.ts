import { parseJson, isJsonObject, type JsonObject } from '../../src/kinto/json.ts'

export interface StoredRecord {
  data: JsonObject
  permissions: { read?: string[], write?: string[] }
}

export interface StoreAnswer {
  status: number
  /** A flat list. */
  headers: string[]
  body: string
}

const parent = /^(\/buckets\/[^/]+\/collections\/[^/]+)\/records\/([^/]+)$/

const errors = {
  unauthorized: { code: 401, errno: 104, error: 'Unauthorized', message: 'Please authenticate yourself to use this endpoint.' },
  forbidden: { code: 403, errno: 121, error: 'Forbidden', message: 'This user cannot access this resource.' },
  unknownUrl: { code: 404, errno: 111, error: 'Not Found', message: 'The resource you are looking for could not be found.' },
  modified: { code: 412, errno: 114, error: 'Precondition Failed', message: 'Resource was modified meanwhile' },
  method: { code: 405, errno: 115, error: 'Method Not Allowed', message: 'Method not allowed on this endpoint.' }
}

/** Records with Kinto's answers, as far as the service asks: the root view, lists, GET and PATCH of a record. Numbers keep their literal text. */
export class RecordStore {
  /** By URI, `/buckets/b/collections/c/records/r`. */
  readonly records = new Map<string, StoredRecord>()
  /** What a collection grants on all its records, by its URI, and the only fields that its schema takes. One that is not here does not exist. */
  readonly collections = new Map<string, { read?: string[], write?: string[], fields?: string[] }>()
  /** What the root view says of the server. */
  readonly settings: Record<string, unknown> = { batch_max_requests: 25, readonly: false }
  readonly #watchers: (() => void)[] = []
  #clock = Date.UTC(2026, 0, 1)

  /** Puts a record there, and its collection if there is none. `data` may be JSON text. */
  put (uri: string, data: JsonObject | string = {}, permissions: StoredRecord['permissions'] = {}): void {
    const [, collection = '', id = ''] = parent.exec(uri) ?? []
    if (!this.collections.has(collection)) this.collections.set(collection, {})
    this.records.set(uri, { data: { ...parsed(data), id, last_modified: this.#tick() }, permissions: { ...permissions } })
  }

  /** Resolves when the data of the record, changed by a PATCH, are as wanted, or were so before. */
  async reaches (uri: string, wanted: (data: JsonObject) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = (): void => { if (wanted(this.records.get(uri)?.data ?? {})) resolve() }
    this.#watchers.push(check)
    check()
    await promise
    this.#watchers.splice(this.#watchers.indexOf(check), 1)
  }

  answer (method: string, path: string, header: (name: string) => string | undefined, body: string): StoreAnswer {
    const user = userOf(header('authorization'))
    // A preflight says the same whether the record exists or not.
    if (method === 'OPTIONS') return preflight(header('origin'), header('access-control-request-method'))
    if (path === '/v1/batch') return this.#batch(header, body)
    if (path === '/v1/') return reply(200, { project_name: 'kinto', project_version: '26.5.0', capabilities: {}, settings: this.settings, ...user === undefined ? {} : { user: { id: user, principals: principals(user) } } })
    const uri = decodeURIComponent(path.slice('/v1'.length))
    if (uri.endsWith('/collections')) return reply(200, { data: [...this.collections.keys()].filter(name => name.startsWith(`${uri}/`)).map(name => ({ id: name.split('/').at(-1) })) })
    if (/\/records(\?|$)/.test(uri)) return this.#list(new URL(uri, 'http://kinto'), principals(user))
    const [, collection = '', id = ''] = parent.exec(uri) ?? []
    if (id === '') return reply(404, errors.unknownUrl)
    const rights = this.collections.get(collection)
    const record = this.records.get(uri)
    if (rights === undefined) return reply(404, { code: 404, errno: 111, error: 'Not Found', details: { id: collection.split('/').at(-1), resource_name: 'collection' } })
    const who = principals(user)
    const may = (wanted: string[] | undefined): boolean => (wanted ?? []).some(principal => who.includes(principal))
    const writes = may(rights.write) || may(record?.permissions.write)
    const reads = writes || may(rights.read) || may(record?.permissions.read)
    const readsAll = may(rights.write) || may(rights.read)
    if (record === undefined && readsAll) return reply(404, { code: 404, errno: 110, error: 'Not Found', details: { id, resource_name: 'record' } })
    if (record === undefined || !(method === 'GET' ? reads : writes)) return user === undefined ? reply(401, errors.unauthorized, ['WWW-Authenticate', 'Basic realm="Realm"']) : reply(403, errors.forbidden)
    if (method === 'GET') return this.#shown(record, who)
    if (method !== 'PATCH') return reply(405, errors.method)
    const condition = header('if-match')
    if (condition !== undefined && condition !== etag(record)) return reply(412, { ...errors.modified, details: { existing: record.data } }, ['ETag', etag(record)])
    const { data = {} } = parsed(body)
    if (!isJsonObject(data)) throw new TypeError('a PATCH without data')
    const unknown = Object.keys(data).find(field => rights.fields?.includes(field) === false)
    if (unknown !== undefined) return reply(400, invalid(unknown))
    record.data = { ...record.data, ...data, last_modified: this.#tick() }
    // Kinto makes whoever writes a record one of its own writers.
    record.permissions.write = [...new Set([...record.permissions.write ?? [], user ?? 'system.Everyone'])]
    for (const check of this.#watchers.slice()) check()
    return this.#shown(record, who)
  }

  /** Requests one after the other, each with the headers of all. Defaults are not known here. */
  #batch (header: (name: string) => string | undefined, body: string): StoreAnswer {
    const { requests } = parsed(body)
    if (!Array.isArray(requests)) return reply(400, invalid('requests'))
    return reply(200, { responses: requests.filter(isJsonObject).map(({ method = 'GET', path, headers, body }) => {
      const own = new Map(Object.entries(isJsonObject(headers) ? headers : {}).map(([name, value]) => [name.toLowerCase(), String(value)]))
      const [target = ''] = (String(path).startsWith('/v1') ? String(path) : `/v1${String(path)}`).split('?')
      const answer = this.answer(String(method), target, name => own.get(name) ?? header(name), JSON.stringify(body ?? {}))
      return { path: target, status: answer.status, headers: Object.fromEntries(pairs(answer.headers)), body: parseJson(answer.body) }
    }) })
  }

  /** All records of a collection that the filters let pass, to who may read all of them. */
  #list ({ pathname, searchParams }: URL, who: string[]): StoreAnswer {
    const { read = [], write = [] } = this.collections.get(pathname.replace(/\/records$/, '')) ?? {}
    if (![...read, ...write].some(principal => who.includes(principal))) return reply(403, errors.forbidden)
    const inside = [...this.records].filter(([uri]) => uri.startsWith(`${pathname}/`)).map(([, { data }]) => data)
    return reply(200, { data: inside.filter(data => matches(data, searchParams)) })
  }

  #shown (record: StoredRecord, who: string[]): StoreAnswer {
    const own = (record.permissions.write ?? []).some(principal => who.includes(principal))
    return reply(200, { data: record.data, permissions: own ? record.permissions : {} }, ['ETag', etag(record), 'Last-Modified', new Date(Number(etag(record).slice(1, -1))).toUTCString()])
  }

  #tick (): unknown {
    this.#clock += 1
    return JSON.rawJSON(String(this.#clock))
  }
}

function parsed (data: JsonObject | string): JsonObject {
  const value = typeof data === 'string' ? parseJson(data) : data
  if (!isJsonObject(value)) throw new TypeError('not a JSON object')
  return value
}

/** `Basic` alone is known; the name is the account's. */
function userOf (authorization: string | undefined): string | undefined {
  const [scheme, credentials = ''] = (authorization ?? '').split(' ')
  return scheme === 'Basic' ? `account:${Buffer.from(credentials, 'base64').toString().split(':')[0]}` : undefined
}

function principals (user: string | undefined): string[] {
  return user === undefined ? ['system.Everyone'] : [user, 'system.Authenticated', 'system.Everyone']
}

/** Kinto's filters, as far as the service uses them. */
function matches (data: JsonObject, filters: URLSearchParams): boolean {
  return [...filters].every(([name, value]) => {
    const [, kind, field = ''] = /^(has|exclude)_(.+)$/.exec(name) ?? []
    return kind === 'has' ? Object.hasOwn(data, field) === (value === 'true') : kind !== 'exclude' || !value.split(',').includes(String(data[field]))
  })
}

// As Kinto does (kinto/core/cornice/cors.py): without an origin or with another method it is no preflight.
function preflight (origin: string | undefined, wanted: string | undefined): StoreAnswer {
  const description = wanted === undefined || origin === undefined ? 'this header is mandatory' : 'Method not allowed'
  const name = 'Access-Control-Request-Method'
  if (origin !== undefined && ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].includes(wanted ?? '')) return reply(200, null)
  return reply(400, { code: 400, errno: 107, error: 'Invalid parameters', message: `${name} in header: ${description}`, details: [{ location: 'header', name, description }] })
}

function invalid (field: string): object {
  const description = `Additional properties are not allowed ('${field}' was unexpected)`
  return { code: 400, errno: 107, error: 'Invalid parameters', message: description, details: [{ location: 'body', name: '', description }] }
}

function etag ({ data }: StoredRecord): string {
  return `"${JSON.stringify(data['last_modified'])}"`
}

function pairs (flat: string[]): [string, string][] {
  return flat.flatMap((name, index) => index % 2 === 0 ? [[name, flat[index + 1] ?? '']] : [])
}

function reply (status: number, value: unknown, headers: string[] = []): StoreAnswer {
  return { status, headers, body: JSON.stringify(value) }
}
