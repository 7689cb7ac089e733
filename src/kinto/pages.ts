import { ResponseTooLarge, KintoRefusal, KintoUnreachable, type KintoResponse } from './client.ts'
import { headerValues } from './headers.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import type { KintoSession } from './session.ts'

/** The objects of a list in Kinto, and the version that the list had before they were read. */
export interface ListedObjects {
  objects: JsonObject[]
  /** The value of `ETag`, quotes included: Kinto's timestamp of the list. */
  etag: string | undefined
}

// A page is parsed in one go. Three of the largest objects that Kinto takes (8 MB each) fit in it.
const maxPageBytes = 32 * 1024 * 1024
const pageSize = 500
const pageSizeOfLargeObjects = 3

/** The status of Kinto's responses to callers who may not read something, or not know of it. */
export const hidden = new Set([401, 403, 404])

/**
 * All objects of a list, page by page: none where the caller may not list them.
 * @throws KintoUnreachable, KintoRefusal
 */
export async function listAll(session: KintoSession, path: string): Promise<JsonObject[]> {
  try {
    const listed = await readPages(session, path, [])
    return typeof listed === 'string' ? [] : listed.objects
  } catch (error) {
    if (error instanceof KintoRefusal && hidden.has(error.response.status)) return []
    throw error
  }
}

/**
 * All records of a list, page by page. With `etag` they are read only if the list changed since it
 * had that version. `path` has a query, and no `_limit`.
 * @returns `unchanged` when the list did not change, `refused` when Kinto does not take the query
 * @throws KintoUnreachable
 * @throws KintoRefusal when the response is no list: then nothing is known of the list
 */
export async function listRecords(
  session: KintoSession,
  path: string,
  etag?: string
): Promise<ListedObjects | 'unchanged' | 'refused'> {
  const condition = etag === undefined ? [] : ['If-None-Match', etag]
  try {
    return await readPages(session, `${path}&_limit=${pageSize}`, condition)
  } catch (error) {
    if (!(error instanceof ResponseTooLarge)) throw error
    return await readPages(session, `${path}&_limit=${pageSizeOfLargeObjects}`, condition)
  }
}

async function readPages(
  session: KintoSession,
  path: string,
  headers: string[]
): Promise<ListedObjects | 'unchanged' | 'refused'> {
  const objects: JsonObject[] = []
  const first = await session.get(path, { headers, maxBytes: maxPageBytes })
  if (first.status === 304) return 'unchanged'
  if (first.status === 400) return 'refused'
  let next = take(first)
  while (next !== undefined) next = take(await session.get(next, { maxBytes: maxPageBytes }))
  return { objects, etag: headerValues(first.headers, 'etag')[0] }

  function take(response: KintoResponse): string | undefined {
    if (response.status !== 200) throw new KintoRefusal(response)
    objects.push(...objectsIn(response))
    return nextPage(headerValues(response.headers, 'next-page')[0])
  }
}

/** Numbers at the top of an object become raw literals. Deeper ones stay plain: that is faster. */
function objectsIn({ body }: KintoResponse): JsonObject[] {
  const list: unknown = parsed(body)
  const data = isJsonObject(list) ? list['data'] : undefined
  if (!Array.isArray(data))
    throw new KintoUnreachable('The answer is no list, so it is not from Kinto.')
  return data
    .filter(isJsonObject)
    .map(object =>
      Object.fromEntries(
        Object.entries(object).map(([name, value]) => [
          name,
          typeof value === 'number' ? JSON.rawJSON(String(value)) : value
        ])
      )
    )
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch (cause) {
    throw new KintoUnreachable('The answer is not JSON, so it is not from Kinto.', { cause })
  }
}

/**
 * The path of a list's next page, by its `Next-Page`. Kinto builds the URL from the Host header, so
 * only its path and query count.
 */
export function nextPage(url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  const { pathname, search } = new URL(url)
  return pathname + search
}
