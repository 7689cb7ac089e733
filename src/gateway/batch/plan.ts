import { parseJson } from '../../kinto/json.ts'
import type { SubResource } from '../classify.ts'
import { effectiveRequests, RefusedByKinto, type SubRequest } from './effective.ts'

/** Requests for Kinto that stand side by side, or one request for a sub-resource. */
export type Part = { run: SubRequest[] } | { request: SubRequest; target: SubResource }

export interface Plan {
  /** The requests for Kinto that the batch begins with. May be none. */
  opening: SubRequest[]
  rest: Part[]
}

/**
 * Takes a batch apart where `targets` says. Numbers keep their literal text. Undefined for one
 * that Kinto refuses as a whole, or that is nested deeper than the stack is high.
 */
export function planBatch(
  body: Buffer,
  targets: readonly (SubResource | undefined)[]
): Plan | undefined {
  const requests = requestsIn(body)
  if (requests === undefined) return undefined
  const opening: SubRequest[] = []
  const rest: Part[] = []
  let run = opening
  for (const [index, request] of requests.entries()) {
    const target = targets[index]
    if (target === undefined) {
      run.push(request)
    } else {
      run = []
      rest.push({ request, target }, { run })
    }
  }
  return { opening, rest: rest.filter(part => !('run' in part) || part.run.length > 0) }
}

function requestsIn(body: Buffer): SubRequest[] | undefined {
  try {
    return effectiveRequests(parseJson(body.toString(), requireReadable))
  } catch {
    return undefined
  }
}

/**
 * @throws RefusedByKinto for what Kinto's parser (RapidJSON) refuses: half a surrogate pair, and
 * numbers that are too large
 */
function requireReadable(name: string, value: unknown): void {
  const isText = name.isWellFormed() && (typeof value !== 'string' || value.isWellFormed())
  const isTooLarge = value === Infinity || value === -Infinity
  if (!isText || isTooLarge) throw new RefusedByKinto('Kinto refuses this JSON.')
}
