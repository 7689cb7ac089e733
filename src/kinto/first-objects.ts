import { jsonObject, KintoRefusal, KintoUnreachable, ResponseTooLarge } from './client.ts'
import type { KintoResponse } from './client.ts'
import { headerValues } from './headers.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import { nextPage } from './pages.ts'
import { withLimit } from './paths.ts'
import { isParsable } from './records.ts'
import type { KintoSession } from './session.ts'
import { Turns } from '../wait.ts'

/** What was read of a list. */
export interface FirstObjects {
  /** The value of `ETag`, quotes included: the list's version before anything was read. */
  etag: string | undefined
  /** Whether the list has more than what was read. */
  isCut: boolean
}

interface Reading {
  /** How many objects are read. */
  most: number
  /** Gets each object. Numbers keep their literal text. */
  take: (object: JsonObject) => void
  /** Reads only if the list changed since it had this version. */
  etag?: string | undefined
}

// A page is parsed in one go. The usual 500 questions have a tenth of it.
const page = { maxBytes: 4 * 1024 * 1024, maxValues: 100_000 }

// Of one list, however many objects that makes.
const maxBytes = 16 * 1024 * 1024

// Objects in a page whose size is not that of questions. Those that are too large even alone are
// left out: nobody asked them here.
const ofLargeObjects = 20

// To open a question's seal, and to compare it, takes some hundred microseconds.
const objectsInATurn = 50

/**
 * Reads the first objects of a list, page by page, within bounds of memory and time. `path` has a
 * query without `_limit`.
 * @throws KintoRefusal for all but 200 and 304, KintoUnreachable
 */
export async function readFirst(
  session: KintoSession,
  path: string,
  { most, take, etag }: Reading
): Promise<FirstObjects | 'unchanged'> {
  const sizes = [most, ofLargeObjects]
  const condition = etag === undefined ? [] : ['If-None-Match', etag]
  const turns = new Turns()
  let version: string | undefined
  let next: string | undefined = path
  for (let left = most, bytes = 0; next !== undefined && left > 0 && bytes < maxBytes;) {
    const size = Math.min(left, sizes[0] ?? 1)
    const headers = next === path ? condition : []
    const response = await getPage(session, withLimit(next, size), headers)
    if (response.status === 304) return 'unchanged'
    const objects = isParsable(response, page) ? objectsIn(response) : undefined
    if (objects === undefined && size > 1) {
      sizes.shift()
      continue
    }
    version ??= headerValues(response.headers, 'etag')[0]
    for (const [index, object] of (objects ?? []).entries()) {
      if (index % objectsInATurn === 0) await turns.next()
      take(object)
    }
    left -= Math.max(1, objects?.length ?? 0)
    bytes += response.body.length
    next = nextPage(headerValues(response.headers, 'next-page')[0])
  }
  return { etag: version, isCut: next !== undefined }
}

/** A page; one that is too large without its end, so that it is not parsable. */
async function getPage(
  session: KintoSession,
  path: string,
  headers: string[]
): Promise<KintoResponse> {
  try {
    const response = await session.get(path, { headers, maxBytes: page.maxBytes })
    if (response.status === 200 || response.status === 304) return response
    throw new KintoRefusal(response)
  } catch (error) {
    if (!(error instanceof ResponseTooLarge)) throw error
    return { status: 200, headers: [...error.headers], body: tooLarge }
  }
}

const tooLarge = Buffer.alloc(page.maxBytes + 1)

function objectsIn(response: KintoResponse): JsonObject[] {
  const { data } = jsonObject(response)
  if (!Array.isArray(data))
    throw new KintoUnreachable('The answer is no list, so it is not from Kinto.')
  return data.filter(isJsonObject)
}
