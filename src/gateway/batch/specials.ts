import { invalid } from '../../kinto/errors.ts'
import { isJsonObject } from '../../kinto/json.ts'
import type { RecordRef } from '../../kinto/paths.ts'
import { jsonText, requireOneReading, requireUtf8Json } from '../guard/write.ts'
import { effectiveRequests, RefusedByKinto, type SubRequest } from './effective.ts'
import { nestedTooDeeply, specialOf, type Special } from './plan.ts'

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

/** The requests of a batch, in order, their numbers JavaScript's, and what each of them is. */
export interface ReadBatch {
  requests: SubRequest[]
  specials: Special[]
}

/** Reads a batch; empty for one that Kinto will refuse. @throws Refusal 400, 415 for one that Kinto might read in another way */
export function readBatch ({ body, version, headers }: ReceivedBatch, { isOurs, isGuarded }: Business): ReadBatch {
  requireOneReading(headers)
  requireUtf8Json(headers)
  const batch = valueOf(body)
  try {
    const requests = effectiveRequests(batch)
    const specials = requests.map(request => {
      const special = specialOf(request, version)
      if (special === undefined) return undefined
      return 'answer' in special ? ifAny(isOurs(special.answer), special) : ifAny(isGuarded(special.write.ref), special)
    })
    return { requests, specials }
  } catch (error) {
    if (!(error instanceof RefusedByKinto)) throw nestedTooDeeply()
    if (pathsIn(batch).some(path => bearsOnGuarded(path))) {
      throw invalid('body', 'requests', 'This batch is not as Kinto wants it, so its writes of guarded records cannot be judged.')
    }
    return { requests: [], specials: [] }
  }

  function bearsOnGuarded (path: string): boolean {
    const special = specialOf({ method: 'DELETE', path, headers: {}, body: undefined }, version)
    return special !== undefined && 'write' in special && isGuarded(special.write.ref)
  }
}

/** Undefined for what is no JSON: then it is none to Kinto's parser either. @throws Refusal 400 */
function valueOf (body: Uint8Array): unknown {
  try {
    return JSON.parse(jsonText(body))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw invalid('body', '', 'Invalid JSON: it is not UTF-8.')
  }
}

function ifAny (holds: boolean, special: Special): Special {
  return holds ? special : undefined
}

/** Every path in a batch that breaks Kinto's rules. */
function pathsIn (batch: unknown): string[] {
  const { requests, defaults } = isJsonObject(batch) ? batch : {}
  return [requests, defaults].flat().flatMap(request => isJsonObject(request) && typeof request['path'] === 'string' ? [request['path']] : [])
}
