import { jsonObject, KintoRefusal, type KintoResponse } from './client.ts'
import { unavailable } from './errors.ts'
import { selectHeaders } from './headers.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import {
  collectionPath,
  recordPath,
  recordsPath,
  rootPath,
  type CollectionRef,
  type RecordRef
} from './paths.ts'
import { everyone } from './principals.ts'
import type { KintoSession } from './session.ts'

/** A record as Kinto showed it to a caller who may write it. */
export interface Proven {
  data: JsonObject
  /** The `ETag` and `Last-Modified` that came with it. */
  validators: string[]
}

/** Who Kinto says the caller is. */
export interface Caller {
  /** The principal: `account:alice`, or `system.Everyone` without credentials. */
  principal: string
  /** This one and those of their groups, `system.Everyone` among them. */
  principals: readonly string[]
  /** The bucket that `default` stands for. */
  defaultBucket: string | undefined
}

/**
 * A version that no record can have. Kinto reads it as a number and drops one that is larger than
 * 64 bits, so the condition always fails.
 */
const impossibleVersion = '"99999999999999999999"'

/**
 * Proves that Kinto would let the caller write the record, by a conditional PATCH that can never
 * apply. Kinto checks the right before the condition (`kinto/core/resource/__init__.py`). So 412
 * with the record in it says yes, wherever the right comes from (the record, its parents, groups,
 * settings), and says that Kinto is not read-only.
 * @throws KintoRefusal with 401, 403 or 404, to be relayed
 * @throws Refusal 503 when Kinto gives no clear response
 */
export async function proveWrite(session: KintoSession, ref: RecordRef): Promise<Proven> {
  const response = await probe(session, recordPath(ref))
  if ('data' in response) return response
  if ([401, 403, 404].includes(response.status)) throw new KintoRefusal(response)
  throw unclearProbe(response)
}

/**
 * Whether Kinto would let the caller write the record now. A read-only Kinto lets nobody.
 * @throws Refusal 503 when Kinto gives no clear response
 */
export async function mayWrite(session: KintoSession, ref: RecordRef): Promise<boolean> {
  const response = await probe(session, recordPath(ref))
  if ('data' in response) return true
  if ([401, 403, 404, 405].includes(response.status)) return false
  throw unclearProbe(response)
}

/**
 * Whether Kinto would let the caller write the collection.
 * @throws KintoRefusal with a response that says neither yes nor no, to be relayed
 */
export async function mayWriteCollection(
  session: KintoSession,
  ref: CollectionRef
): Promise<boolean> {
  const response = await probe(session, collectionPath(ref))
  if ('data' in response) return true
  if ([401, 403, 404].includes(response.status)) return false
  throw new KintoRefusal(response)
}

/**
 * Proves that Kinto would let the caller create a record in the collection, by a body that is no
 * JSON: Kinto checks the right before it reads the body, and creates nothing.
 * @returns Kinto's 400 about that body
 * @throws KintoRefusal with any other response
 */
export async function proveCreate(
  session: KintoSession,
  ref: CollectionRef
): Promise<KintoResponse> {
  const response = await session.post(recordsPath(ref), '[')
  const { details } = response.status === 400 ? jsonObject(response) : {}
  const [first] = Array.isArray(details) ? details : []
  if (!isJsonObject(first) || first['location'] !== 'body') throw new KintoRefusal(response)
  return response
}

/**
 * The record by its bucket's real name. `default` is another bucket for every account, the
 * service's own included.
 */
export function realRef(ref: RecordRef, { defaultBucket }: Caller): RecordRef {
  return ref.bucket === 'default' && defaultBucket !== undefined
    ? { ...ref, bucket: defaultBucket }
    : ref
}

/**
 * Asks Kinto who the caller is.
 * @throws Refusal 503 when Kinto does not say
 */
export async function identify(session: KintoSession, version: string): Promise<Caller> {
  const response = await session.get(rootPath(version))
  if (response.status !== 200)
    throw unavailable('Kinto could not confirm who you are. Try again in a moment.', {
      retryAfter: 3,
      cause: new Error(`The root view was answered with ${response.status}.`)
    })
  return callerIn(response)
}

/** Who the caller is, by a root view that Kinto showed them. */
export function callerIn(rootView: KintoResponse): Caller {
  const { user } = jsonObject(rootView)
  if (!isJsonObject(user) || typeof user['id'] !== 'string')
    return { principal: everyone, principals: [everyone], defaultBucket: undefined }
  const { id: principal, principals, bucket } = user
  return {
    principal,
    principals: [
      principal,
      ...(Array.isArray(principals) ? principals : []).filter(name => typeof name === 'string')
    ],
    defaultBucket: typeof bucket === 'string' ? bucket : undefined
  }
}

async function probe(session: KintoSession, path: string): Promise<Proven | KintoResponse> {
  const response = await session.patch(path, { data: {}, ifMatch: impossibleVersion })
  const { details } = response.status === 412 ? jsonObject(response) : {}
  const data = isJsonObject(details) ? details['existing'] : undefined
  return isJsonObject(data)
    ? {
        data,
        validators: selectHeaders(
          response.headers,
          name => name === 'etag' || name === 'last-modified'
        )
      }
    : response
}

function unclearProbe({ status }: KintoResponse): Error {
  return unavailable(
    'Kinto accepts no changes to this record now, so an answer could not be recorded.',
    {
      ...(status === 405 ? {} : { retryAfter: 3 }),
      cause: new Error(
        `The write probe (PATCH with If-Match) was answered with ${status}: Kinto is read-only, ` +
          'has PATCH disabled (kinto.object_record_patch_enabled), or is older than version 6.'
      )
    }
  )
}
