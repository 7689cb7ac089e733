import { parseJson } from '../../kinto/json.ts'
import type { RecordRef } from '../../kinto/paths.ts'
import { decodedPath, subResourceOf } from '../classify.ts'
import { effectiveRequests, RefusedByKinto, type SubRequest } from './effective.ts'

/** Requests for Kinto that stand side by side, or one for the sub-resource of the record `ref`. */
export type Part = { run: SubRequest[] } | { answer: SubRequest, ref: RecordRef }

export interface Plan {
  /** The requests for Kinto that the batch begins with. May be none. */
  opening: SubRequest[]
  rest: Part[]
  /** How many requests there are in all. */
  size: number
}

/**
 * Splits a batch where requests for the sub-resource stand in it. Undefined for one that Kinto can have as it is: with none of
 * them, or one that Kinto refuses whole.
 * @param version that of the batch's own path, which Kinto puts in front of the paths in it
 */
export function planBatch (body: Uint8Array, version: string, isOurs: (ref: RecordRef) => boolean): Plan | undefined {
  try {
    const text = jsonText(body)
    // Most batches are none of ours, and found to be so at a fraction of the price.
    const refs = effectiveRequests(JSON.parse(text)).map(request => answeredRecord(request, version, isOurs))
    if (refs.every(ref => ref === undefined)) return undefined
    requireReadable(text)
    return split(effectiveRequests(parseJson(text)), refs)
  } catch {
    // What cannot be read here, Kinto cannot read either, or will not find the sub-resource in it.
    return undefined
  }
}

function answeredRecord (request: SubRequest, version: string, isOurs: (ref: RecordRef) => boolean): RecordRef | undefined {
  const ref = subResourceOf(shownPath(request, version))
  return ref !== undefined && isOurs(ref) ? ref : undefined
}

function split (requests: SubRequest[], refs: (RecordRef | undefined)[]): Plan {
  const opening: SubRequest[] = []
  const rest: Part[] = []
  let run = opening
  for (const [index, request] of requests.entries()) {
    const ref = refs[index]
    if (ref === undefined) {
      run.push(request)
    } else {
      run = []
      rest.push({ answer: request, ref }, { run })
    }
  }
  return { opening, rest: rest.filter(part => !('run' in part) || part.run.length > 0), size: requests.length }
}

/** The path of a sub-request as Kinto shows it: decoded, without query and last slash. */
export function shownPath ({ path }: SubRequest, version: string): string {
  // Kinto compares the version as text, takes `#` for a part of the path here, and follows its own redirect for a last slash.
  const target = path.startsWith(`/${version}`) ? path : `/${version}${path}`
  return decodedPath(target.replaceAll('#', '%23')).replace(/\/+$/, '')
}

// Kinto's parser stops at a NUL, as C does.
function jsonText (body: Uint8Array): string {
  const [text = ''] = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body).split('\0', 1)
  return text
}

/** @throws RefusedByKinto for what JavaScript reads and Kinto's parser (RapidJSON) does not: half a surrogate pair, and numbers that are too large */
function requireReadable (text: string): void {
  JSON.parse(text, (name, value: unknown) => {
    const whole = name.isWellFormed() && (typeof value !== 'string' || value.isWellFormed())
    if (!whole || value === Infinity || value === -Infinity) throw new RefusedByKinto('Kinto cannot read this batch.')
    return value
  })
}
