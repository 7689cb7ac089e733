import { conflict, type Refusal } from '../../kinto/errors.ts'
import type { JsonObject } from '../../kinto/json.ts'
import type { RecordRef } from '../../kinto/paths.ts'
import { isVerb, type KnownDecision } from './decision.ts'
import { readHeartbeat } from './record.ts'
import { formOf } from './terms.ts'
import type { TokenField } from './token-field.ts'

/** What a record says, as far as the fields of `judgedBy` tell. */
export interface Glance {
  ref: RecordRef
  data: JsonObject
  tokenField: TokenField
  /** Undefined while the token of the question has not come, or where it cannot be used. */
  taskToken: string | undefined
  /** Whether the question was sealed when it was asked. Then nothing else proves anything. */
  isAsked: boolean
  /** The decision in the record: by its receipt, or, where it came in clear, by its `status`. */
  decision: KnownDecision | undefined
}

/** One reading of a whole record, compared with what was asked. */
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
  'executionArn',
  'over'
] as const

/**
 * The seconds within which a record's step needs a heartbeat: as they were sealed with the
 * question, else as the record says.
 */
export function heartbeatOf({ tokenField, isAsked, data }: Glance): number | undefined {
  return isAsked && tokenField.kind === 'sealed'
    ? tokenField.seal.heartbeatSeconds
    : readHeartbeat(data)
}

/** Whether a question has a form: as it was sealed, else as the record says by now. */
export function hasForm({ tokenField, data }: Glance): boolean {
  const question = tokenField.kind === 'sealed' ? tokenField.seal.question : undefined
  return question === undefined
    ? formOf(data) !== undefined
    : question.fields.some(([name]) => name === 'form')
}

/**
 * Whether a record says that it is decided, and needs no token any more. Somebody who sets its
 * `status` back asks again, whatever a receipt says of the token before.
 */
export function isDecided({ decision, data }: Glance): boolean {
  return decision !== undefined && isVerb(data['status'])
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
