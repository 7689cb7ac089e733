import { isVerb } from '../answer/record/decision.ts'
import { readDateTime } from '../answer/record/date-time.ts'
import { overOf, type Over } from '../answer/record/over.ts'
import type { RecordReader } from '../answer/record/reader.ts'
import type { Reading } from '../answer/record/reading.ts'
import { isAbsent, textOf } from '../answer/record/record.ts'
import type { JsonObject } from '../kinto/json.ts'
import { recordUri, type RecordRef } from '../kinto/paths.ts'
import type { InboxQuery } from './query.ts'
import { shownComment, shownFields, shownText } from './shown.ts'

/** An entry, and its place in the list: by the first number, then by the second, least first. */
export interface Placed {
  entry: JsonObject & { record: string }
  place: readonly [number, number]
  /** When its record was changed last: milliseconds since 1970. */
  version: number
}

/** Fields of the record that an entry shows. */
export const shown = [
  'id',
  'last_modified',
  'subject',
  'reviewer',
  'requestedBy',
  'expiresAt',
  'choices',
  'status'
] as const

/** Fields by which it is judged, and which it does not show. */
export const hiddenFields = [
  'taskToken',
  'activityArn',
  'answerReceipt',
  'openFields',
  'form',
  'over'
] as const

/** Of a decision. */
export const ofDecision = ['choice', 'answeredBy', 'answeredAt', 'comment'] as const

// Fields requested from Kinto. All others look as if they were gone, which proves nothing.
const requested = new Set<string>([...shown, ...hiddenFields])

/**
 * The entry of a record, of which the fields above are known. Undefined for one that belongs to
 * another list.
 */
export function entryOf(
  ref: RecordRef,
  data: JsonObject,
  list: InboxQuery['list'],
  reader: RecordReader
): Placed | undefined {
  const reading = reader.read(ref, data)
  const over = overOf(reading)
  if (listOf(reading, over) !== list) return undefined
  const entry = {
    record: recordUri(ref),
    ...shownFields(data),
    hasForm: !isAbsent(data['form']),
    obstacle: obstacleIn(reading),
    ...(list === 'decided' && decisionIn(reading)),
    over: over && { at: shownText(over.at), reason: shownText(over.reason) }
  }
  const version = Number(JSON.stringify(data['last_modified']))
  return { entry, place: placeOf(reading, { list, over, version }), version }
}

function listOf(
  { data: { status, taskToken, activityArn } }: Reading,
  over: Over | undefined
): InboxQuery['list'] | undefined {
  if (isVerb(status)) return 'decided'
  if ([taskToken, activityArn].every(value => isAbsent(textOf(value)))) return undefined
  return over === undefined ? 'waiting' : 'over'
}

function obstacleIn({ tokenField, changed }: Reading): string | undefined {
  if ('refusal' in tokenField) return 'record'
  return changed.some(name => requested.has(name)) ? 'changed' : undefined
}

/** Of a sealed question only `status` is shown that no receipt proves. */
function decisionIn({ decision }: Reading): JsonObject {
  if (decision === undefined) return {}
  const { answer: status, choice, answeredBy, answeredAt, comment, proof } = decision
  return {
    status,
    choice: shownText(choice),
    answeredBy: shownText(answeredBy),
    answeredAt: shownText(answeredAt),
    comment: shownComment(comment),
    proof
  }
}

function placeOf(
  { data: { expiresAt, answeredAt } }: Reading,
  { list, over, version }: { list: InboxQuery['list']; over: Over | undefined; version: number }
): Placed['place'] {
  if (list === 'waiting') return [readDateTime(expiresAt) ?? Infinity, version]
  return [-(readDateTime(list === 'decided' ? answeredAt : over?.at) ?? version), -version]
}
