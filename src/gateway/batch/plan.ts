import { parseJson } from '../../kinto/json.ts'
import type { RecordRef } from '../../kinto/paths.ts'
import { decodedPath, guardedWrite, subResourceOf, type GuardedWrite } from '../classify.ts'
import { invalid, type Refusal } from '../../kinto/errors.ts'
import { jsonText } from '../guard/write.ts'
import { effectiveRequests, type SubRequest } from './effective.ts'

/** What a request in a batch is to the service: an answer to a record, a write that is to be looked at, or none of its business. */
export type Special = { answer: RecordRef } | { write: GuardedWrite } | undefined

/** Requests for Kinto that stand side by side, or one that is the service's business. */
export type Part = { run: SubRequest[] } | { request: SubRequest, special: NonNullable<Special> }

export interface Plan {
  /** The requests for Kinto that the batch begins with. May be none. */
  opening: SubRequest[]
  rest: Part[]
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

/** Splits a batch where `specials` says. Numbers keep their literal text. @throws Refusal 400 for what Kinto may read in another way */
export function planBatch (body: Uint8Array, specials: readonly Special[]): Plan {
  const opening: SubRequest[] = []
  const rest: Part[] = []
  let run = opening
  for (const [index, request] of effectiveRequests(readLiterally(body)).entries()) {
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

/**
 * The target of a sub-request: Kinto puts the version of the batch's own path in front, unless the text begins with it. What a
 * target cannot hold is escaped: here Kinto takes `#` for a part of the path or query, and any text for UTF-8.
 */
export function targetOf ({ path }: SubRequest, version: string): string {
  const target = path.startsWith(`/${version}`) ? path : `/${version}${path}`
  return target.replaceAll('#', '%23').replaceAll(/[^\x21-\x7e]+/g, text => encodeURIComponent(text.toWellFormed()))
}

/** The path of a sub-request as Kinto shows it: decoded, without query and last slash. */
export function shownPath (request: SubRequest, version: string): string {
  // Kinto follows its own redirect for a last slash.
  return decodedPath(targetOf(request, version)).replace(/\/+$/, '')
}

/** Why a batch that is nested deeper than the stack is high is not looked at. */
export function nestedTooDeeply (): Refusal {
  return invalid('body', 'requests', 'The requests are nested too deeply.')
}

function readLiterally (body: Uint8Array): unknown {
  try {
    return parseJson(jsonText(body), requireReadable)
  } catch (error) {
    throw error instanceof RangeError ? nestedTooDeeply() : error
  }
}

/** @throws Refusal 400 for what Kinto's parser (RapidJSON) refuses, or reads in another way than JavaScript's: half a surrogate pair, and the largest numbers */
function requireReadable (name: string, value: unknown): void {
  const whole = name.isWellFormed() && (typeof value !== 'string' || value.isWellFormed())
  if (!whole || value === Infinity || value === -Infinity) throw invalid('body', 'requests', 'The requests hold a character or a number that cannot be passed on: half of a surrogate pair, or a number too large.')
}
