/** Errors in Kinto's shape and words: `kinto/core/errors.py`. */

export interface Problem {
  status: number
  errno: number
  error: string
  message: string
  details?: unknown
}

interface RefusalOptions {
  /** Further headers of the response, as a flat list of names and values. */
  headers?: string[]
  /** Seconds after which the same request may succeed. */
  retryAfter?: number
  cause?: unknown
}

/**
 * A response of the service that ends the request, in Kinto's shape. The message is for the
 * reviewer; the cause is for the log alone.
 */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly problem: Problem
  readonly headers: string[]

  constructor(problem: Problem, { headers = [], retryAfter, cause }: RefusalOptions = {}) {
    super(problem.message, { cause })
    this.problem = problem
    this.headers =
      retryAfter === undefined ? headers : [...headers, 'Retry-After', String(retryAfter)]
  }
}

/** The JSON text of an error, keys in Kinto's order. */
export function errorBody({ status, errno, error, message, details }: Problem): string {
  return JSON.stringify({ code: status, errno, error, message, details })
}

/**
 * 400: a field of the request or of the record is not usable. For the request, the message is put
 * together as Kinto does it. For the record, it is the description, which names the record.
 */
export function invalid(
  location: FieldFault['location'],
  name: string,
  description: string
): Refusal {
  return invalidFields({ location, name, description })
}

/** A field that is not usable, as an entry of `details`. */
export interface FieldFault {
  location: 'body' | 'header' | 'path' | 'querystring' | 'record'
  name: string
  description: string
}

/** 400: one or several fields are not usable. The message is about the first. */
export function invalidFields(first: FieldFault, ...others: readonly FieldFault[]): Refusal {
  const { location, name, description } = first
  const message =
    location === 'record' || description.includes(name)
      ? description
      : `${name} in ${location}: ${description}`
  return new Refusal({
    status: 400,
    errno: 107,
    error: 'Invalid parameters',
    message,
    details: [first, ...others]
  })
}

/** 403: the caller may write the record, and must not answer it. */
export function forbidden(message: string): Refusal {
  return new Refusal({ status: 403, errno: 121, error: 'Forbidden', message })
}

/** 405: the sub-resource does not have this method. */
export function methodNotAllowed(allowed: string): Refusal {
  return new Refusal(
    {
      status: 405,
      errno: 115,
      error: 'Method Not Allowed',
      message: 'Method not allowed on this endpoint.'
    },
    { headers: ['Allow', allowed] }
  )
}

/** 409: another answer or question is there, or no answer can be taken now. */
export function conflict(message: string, details?: unknown): Refusal {
  return new Refusal({ status: 409, errno: 122, error: 'Conflict', message, details })
}

/** 410: the step no longer waits for an answer. */
export function gone(message: string): Refusal {
  return new Refusal({ status: 410, errno: 111, error: 'Gone', message })
}

/** 412: the record is not the one that the reviewer saw. `headers` are the record's validators. */
export function modifiedMeanwhile(existing: unknown, headers: string[]): Refusal {
  return new Refusal(
    {
      status: 412,
      errno: 114,
      error: 'Precondition Failed',
      message: 'Resource was modified meanwhile',
      details: { existing }
    },
    { headers }
  )
}

/** 413: the body is larger than `limit` bytes. */
export function tooLarge(limit: number): Refusal {
  return new Refusal({
    status: 413,
    errno: 113,
    error: 'Request Entity Too Large',
    message: `The body of this request may have at most ${limit} bytes.`
  })
}

/** 415: the body's `Content-Type` is not that of JSON. */
export function unsupportedMediaType(description: string): Refusal {
  return new Refusal({
    status: 415,
    errno: 107,
    error: 'Invalid parameters',
    message: description,
    details: [{ location: 'header', name: 'Content-Type', description }]
  })
}

/**
 * 501: Node decodes `chunked` alone. A body in another transfer coding would reach Kinto without
 * that coding's name (RFC 9112 §6.1).
 */
export function unknownCoding(coding: string): Refusal {
  return new Refusal({
    status: 501,
    errno: 107,
    error: 'Not Implemented',
    message: `The transfer coding ${coding} is not supported.`
  })
}

/** 503: something that the request needs does not work now, or the outcome is not known. */
export function unavailable(
  message: string,
  options: RefusalOptions & { details?: unknown } = {}
): Refusal {
  return new Refusal(
    { status: 503, errno: 201, error: 'Service Unavailable', message, details: options.details },
    options
  )
}

/**
 * What `read` returns, or the Refusal that it throws.
 * @throws anything else that `read` throws
 */
export function orRefusal<Value>(read: () => Value): Value | Refusal {
  try {
    return read()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}

/** 500: a fault of this program, in Kinto's own words. */
export function programmingError(cause: unknown): Refusal {
  return new Refusal(
    {
      status: 500,
      errno: 999,
      error: 'Internal Server Error',
      message: 'A programmatic error occurred, developers have been informed.'
    },
    { cause }
  )
}

/** Makes a 503: there are more of them at this moment than one caller, or one record, may have. */
export function tooMany(what: string): () => Refusal {
  return () => unavailable(`Too many ${what}. Try again in a moment.`, { retryAfter: 3 })
}
