import type { JsonObject } from '../../src/kinto/json.ts'
import { may } from './record-users.ts'

export interface StoreAnswer {
  status: number
  /** A flat list. */
  headers: string[]
  body: string
}

export const errors = {
  unauthorized: {
    code: 401,
    errno: 104,
    error: 'Unauthorized',
    message: 'Please authenticate yourself to use this endpoint.'
  },
  forbidden: {
    code: 403,
    errno: 121,
    error: 'Forbidden',
    message: 'This user cannot access this resource.'
  },
  unknownUrl: {
    code: 404,
    errno: 111,
    error: 'Not Found',
    message: 'The resource you are looking for could not be found.'
  },
  modified: {
    code: 412,
    errno: 114,
    error: 'Precondition Failed',
    message: 'Resource was modified meanwhile'
  },
  method: {
    code: 405,
    errno: 115,
    error: 'Method Not Allowed',
    message: 'Method not allowed on this endpoint.'
  }
}

export function reply(status: number, value: unknown, headers: string[] = []): StoreAnswer {
  return { status, headers, body: JSON.stringify(value) }
}

/** The refusal of a user: 401 without an account, 403 with one. */
export function refused(user: string | undefined): StoreAnswer {
  return user === undefined
    ? reply(401, errors.unauthorized, ['WWW-Authenticate', 'Basic realm="Realm"'])
    : reply(403, errors.forbidden)
}

/** `errno` is 111 for a missing parent in the URL, 110 for the object itself. */
export function missing(
  errno: 110 | 111,
  resource: 'collection' | 'record',
  id: string | undefined
): StoreAnswer {
  return reply(404, {
    code: 404,
    errno,
    error: 'Not Found',
    details: { id, resource_name: resource }
  })
}

/** 412, with the record that is there. */
export function modified(existing: JsonObject | undefined): StoreAnswer {
  return existing === undefined
    ? reply(412, errors.modified)
    : reply(412, { ...errors.modified, details: { existing } }, ['ETag', etag(existing)])
}

/** What a schema says of a field that it does not know. */
export function unexpected(field: string): StoreAnswer {
  return invalid('', `Additional properties are not allowed ('${field}' was unexpected)`)
}

export function invalidJson(): StoreAnswer {
  return invalid('', 'Invalid JSON: Parse error at offset 1: Invalid value.')
}

function invalid(
  name: string,
  description: string,
  location = 'body',
  message = description
): StoreAnswer {
  return reply(400, {
    code: 400,
    errno: 107,
    error: 'Invalid parameters',
    message,
    details: [{ location, name, description }]
  })
}

// As in Kinto (kinto/core/cornice/cors.py), a request without an origin or with another method is
// no preflight.
export function preflight(
  methods: string[],
  origin: string | undefined,
  wanted: string | undefined
): StoreAnswer {
  const description =
    wanted === undefined || origin === undefined ? 'this header is mandatory' : 'Method not allowed'
  const name = 'Access-Control-Request-Method'
  if (origin !== undefined && methods.includes(wanted ?? '')) return reply(200, null)
  return invalid(name, description, 'header', `${name} in header: ${description}`)
}

export function etag(data: JsonObject): string {
  return `"${JSON.stringify(data['last_modified'])}"`
}

/** A record. Its own writers are shown its permissions too. */
export function shown(
  status: number,
  { data, permissions }: { data: JsonObject; permissions: { write?: string[] } },
  user: string | undefined
): StoreAnswer {
  const version = etag(data)
  return reply(status, { data, permissions: may(user, permissions.write) ? permissions : {} }, [
    'ETag',
    version,
    'Last-Modified',
    new Date(Number(version.slice(1, -1))).toUTCString()
  ])
}
