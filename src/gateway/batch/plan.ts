import { parseJson } from '../../kinto/json.ts'
import type { RecordRef } from '../../kinto/paths.ts'
import { decodedPath, guardedWrite, subResourceOf, type GuardedWrite } from '../classify.ts'
import { jsonText } from '../guard/write.ts'
import { effectiveRequests, RefusedByKinto, type SubRequest } from './effective.ts'

/** What a request in a batch is to the service: an answer to a record, a write that is to be looked at, or none of its business. */
export type Special = { answer: RecordRef } | { write: GuardedWrite } | undefined

/** Requests for Kinto that stand side by side, or one that is the service's business. */
export type Part = { run: SubRequest[] } | { request: SubRequest, special: NonNullable<Special> }

export interface Plan {
  /** The requests for Kinto that the batch begins with. May be none. */
  opening: SubRequest[]
  rest: Part[]
}

/** The requests in a batch, in order; their numbers are JavaScript's. @throws RefusedByKinto, SyntaxError, and TypeError for what is not UTF-8 */
export function readBatch (body: Uint8Array): SubRequest[] {
  // Most batches are none of ours, and found to be so at a fraction of the price of `planBatch`.
  return effectiveRequests(JSON.parse(jsonText(body)))
}

/** Which answer or write a request in a batch is. @param version that of the batch's own path */
export function specialOf (request: SubRequest, version: string): Special {
  const path = shownPath(request, version)
  const ref = subResourceOf(path)
  if (ref !== undefined) return { answer: ref }
  const write = guardedWrite(request.method, path)
  // A form has no place in a batch, so nothing can be uploaded.
  return write === undefined || write.what === 'upload' ? undefined : { write }
}

/** Splits a batch where `specials` says. Numbers keep their literal text. @throws RefusedByKinto */
export function planBatch (body: Uint8Array, specials: readonly Special[]): Plan {
  const text = jsonText(body)
  requireReadable(text)
  const opening: SubRequest[] = []
  const rest: Part[] = []
  let run = opening
  for (const [index, request] of effectiveRequests(parseJson(text)).entries()) {
    const special = specials[index]
    if (special === undefined) {
      run.push(request)
    } else {
      run = []
      rest.push({ request, special }, { run })
    }
  }
  return { opening, rest: rest.filter(part => !('run' in part) || part.run.length > 0) }
}

/** The target of a sub-request: Kinto puts the version of the batch's own path in front, unless the text begins with it. */
export function targetOf ({ path }: SubRequest, version: string): string {
  return path.startsWith(`/${version}`) ? path : `/${version}${path}`
}

/** The path of a sub-request as Kinto shows it: decoded, without query and last slash. */
export function shownPath (request: SubRequest, version: string): string {
  // Kinto takes `#` for a part of the path here, and follows its own redirect for a last slash.
  const target = targetOf(request, version).replaceAll('#', '%23').replaceAll(/[^\0-\x7f]+/g, text => encodeURIComponent(text.toWellFormed()))
  return decodedPath(target).replace(/\/+$/, '')
}

/** @throws RefusedByKinto for what JavaScript reads and Kinto's parser (RapidJSON) does not: half a surrogate pair, and numbers that are too large */
function requireReadable (text: string): void {
  JSON.parse(text, (name, value: unknown) => {
    const whole = name.isWellFormed() && (typeof value !== 'string' || value.isWellFormed())
    if (!whole || value === Infinity || value === -Infinity) throw new RefusedByKinto('Kinto cannot read this batch.')
    return value
  })
}
