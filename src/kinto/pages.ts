import { jsonObject, KintoUnreachable } from './client.ts'
import { headerValues } from './headers.ts'
import { isJsonObject, type JsonObject } from './json.ts'
import type { KintoSession } from './session.ts'

/** All objects of a list, page by page. What the caller may not list is empty. @throws KintoUnreachable */
export async function listAll (session: KintoSession, path: string): Promise<JsonObject[]> {
  const objects: JsonObject[] = []
  for (let page: string | undefined = path; page !== undefined;) {
    const answer = await session.get(page)
    if (answer.status >= 500) throw new KintoUnreachable(`Kinto answered ${answer.status}.`)
    const data = answer.status === 200 ? jsonObject(answer)['data'] : undefined
    if (!Array.isArray(data)) return objects
    objects.push(...data.filter(isJsonObject))
    page = nextPage(headerValues(answer.headers, 'next-page')[0])
  }
  return objects
}

// Kinto builds it from the Host header, so only its path and query count.
function nextPage (url: string | undefined): string | undefined {
  if (url === undefined) return undefined
  const { pathname, search } = new URL(url)
  return pathname + search
}
