import { conflict, type Refusal } from '../../kinto/errors.ts'
import type { JsonObject } from '../../kinto/json.ts'
import type { RecordRef } from '../../kinto/paths.ts'
import type { KnownDecision } from './decision.ts'
import { readHeartbeat } from './record.ts'
import type { TokenField } from './token-field.ts'

/** What a record holds, as far as some of its fields tell. */
export interface Glance {
  ref: RecordRef
  data: JsonObject
  tokenField: TokenField
  /** Undefined for a question whose token has not come, or that shows none that can be used. */
  taskToken: string | undefined
  /** Whether the question was sealed when it was asked. Then nothing else in the record proves anything. */
  isAsked: boolean
  /** What the record proves: by its receipt, or in a record that came in clear by its `status`. */
  decision: KnownDecision | undefined
}

/** One reading of a whole record: its step, and how far its words are what was asked. */
export interface Reading extends Glance {
  /** The fields that are not as they were asked. */
  changed: string[]
}

/** The fields of a record that `glance` needs. */
export const judgedBy = [
  'taskToken',
  'answerReceipt',
  'status',
  'heartbeatSeconds',
  'stateMachineArn',
  'activityArn',
  'executionArn'
] as const

/** The seconds within which a record's step wants to hear of somebody: as they were asked, else as the record says. */
export function heartbeatOf({ tokenField, isAsked, data }: Glance): number | undefined {
  return isAsked && tokenField.kind === 'sealed'
    ? tokenField.seal.heartbeatSeconds
    : readHeartbeat(data)
}

const mostNames = 10

/** 409: what a reviewer would decide on is not what the workflow asked. */
export function questionChanged(changed: readonly string[]): Refusal {
  const names = changed.slice(0, mostNames)
  return conflict(
    `The question was changed after it was asked: ${names.join(', ')}. Put it back, or ask again.`,
    { changed: names }
  )
}
