import { createHash } from 'node:crypto'
import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import type { Glance } from './reading.ts'
import { textOf } from './record.ts'

/** What the service has noted of a step that takes no answer any more, in the record's `over`. */
export interface Over {
  /** When it was found out: ISO 8601, UTC. */
  at: string
  /** Why, as a sentence for the reader. */
  reason: string
}

/**
 * What a record's `over` says. It names a digest of its token, and counts only beside that token:
 * who does not know a sealed token cannot write it.
 */
export function overOf({
  data: { over },
  tokenField,
  taskToken
}: Pick<Glance, 'data' | 'tokenField' | 'taskToken'>): Over | undefined {
  if (!isJsonObject(over) || 'refusal' in tokenField) return undefined
  const { at, reason, token } = over
  if (typeof at !== 'string' || token !== digestOf(taskToken)) return undefined
  return { at, reason: textOf(reason) ?? '' }
}

/** A record's `over`, for the token that it holds. */
export function overField({ at, reason }: Over, taskToken: string | undefined): JsonObject {
  return { at, reason, token: digestOf(taskToken) }
}

// Without a token it is over for the record as it is: the workflow has ended before it came.
function digestOf(taskToken = ''): string {
  return createHash('sha256').update(`kinto-stepfunction over for ${taskToken}`).digest('base64url')
}
