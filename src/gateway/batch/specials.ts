import { invalid } from '../../kinto/errors.ts'
import { isJsonObject } from '../../kinto/json.ts'
import type { RecordRef } from '../../kinto/paths.ts'
import { jsonText, requireUtf8Json } from '../guard/write.ts'
import { RefusedByKinto } from './effective.ts'
import { readBatch, specialOf, type Special } from './plan.ts'

/** Which records are the service's business. */
export interface Business {
  /** Whether the record's sub-resource is answered here. */
  isOurs: (ref: RecordRef) => boolean
  /** Whether writes of the collection's records are looked at. */
  isGuarded: (ref: Omit<RecordRef, 'record'>) => boolean
}

interface ReceivedBatch {
  body: Uint8Array
  /** That of the batch's own path, which Kinto puts in front of the paths in it. */
  version: string
  headers: readonly string[]
}

/** What each request in a batch is; none for a batch that Kinto will refuse. @throws Refusal 400, 415 for one that Kinto might read in another way */
export function specialsIn ({ body, version, headers }: ReceivedBatch, { isOurs, isGuarded }: Business): Special[] {
  requireUtf8Json(headers)
  try {
    return readBatch(body).map(request => {
      const special = specialOf(request, version)
      if (special === undefined) return undefined
      return 'answer' in special ? ifAny(isOurs(special.answer), special) : ifAny(isGuarded(special.write.ref), special)
    })
  } catch (error) {
    if (error instanceof RefusedByKinto && pathsIn(body).some(path => bearsOnGuarded(path))) {
      throw invalid('body', 'requests', 'This batch is not as Kinto wants it, so its writes of guarded records cannot be judged.')
    }
    return []
  }

  function bearsOnGuarded (path: string): boolean {
    const special = specialOf({ method: 'DELETE', path, headers: {}, body: undefined }, version)
    return special !== undefined && 'write' in special && isGuarded(special.write.ref)
  }
}

function ifAny (holds: boolean, special: Special): Special {
  return holds ? special : undefined
}

/** Every path in a batch that breaks Kinto's rules. */
function pathsIn (body: Uint8Array): string[] {
  const batch: unknown = JSON.parse(jsonText(body))
  const { requests, defaults } = isJsonObject(batch) ? batch : {}
  return [requests, defaults].flat().flatMap(request => isJsonObject(request) && typeof request['path'] === 'string' ? [request['path']] : [])
}
