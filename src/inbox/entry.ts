import { isVerb } from '../answer/record/decision.ts'
import { readDateTime } from '../answer/record/date-time.ts'
import { overOf, type Over } from '../answer/record/over.ts'
import type { RecordReader } from '../answer/record/reader.ts'
import type { Reading } from '../answer/record/reading.ts'
import { isAbsent } from '../answer/record/record.ts'
import type { JsonObject } from '../kinto/json.ts'
import { recordUri, type RecordRef } from '../kinto/paths.ts'
import type { InboxQuery } from './query.ts'

/** An entry, and its place in the list: by the first number, then by the second, least first. */
export interface Placed {
  entry: JsonObject & { record: string }
  place: readonly [number, number]
}

/** Fields of the record that an entry shows as they are. */
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
  const fields = Object.fromEntries(
    shown.filter(name => !isAbsent(data[name])).map(name => [name, data[name]])
  )
  const entry = {
    record: recordUri(ref),
    ...fields,
    hasForm: !isAbsent(data['form']),
    obstacle: obstacleIn(reading),
    ...(list === 'decided' && decisionIn(reading)),
    over
  }
  return { entry, place: placeOf(entry, list) }
}

function listOf(
  { data: { status, taskToken, activityArn } }: Reading,
  over: Over | undefined
): InboxQuery['list'] | undefined {
  if (isVerb(status)) return 'decided'
  if (isAbsent(taskToken) && isAbsent(activityArn)) return undefined
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
  return { status, choice, answeredBy, answeredAt, comment, proof }
}

function placeOf(
  { last_modified: version, expiresAt, answeredAt, over }: JsonObject & { over: Over | undefined },
  list: InboxQuery['list']
): Placed['place'] {
  const changed = Number(JSON.stringify(version))
  if (list === 'waiting') return [readDateTime(expiresAt) ?? Infinity, changed]
  return [-(readDateTime(list === 'decided' ? answeredAt : over?.at) ?? changed), -changed]
}
