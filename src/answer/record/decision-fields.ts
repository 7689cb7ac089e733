import type { JsonObject } from '../../kinto/json.ts'
import type { Decision } from './decision.ts'
import { isAbsent } from './record.ts'
import { asStored } from './sent-output.ts'
import { formOf } from './terms.ts'

/** Fields to change in a record. */
export interface Change {
  data: JsonObject
  contentType: string
}

/**
 * The fields that show a decision in its record, as `before` it. The changes after the first are
 * for a collection whose schema refuses some of them: without those that say which answer it was,
 * without the receipt, without both, and with `status` alone.
 */
export function changesFor(
  decision: Decision,
  before: JsonObject,
  receipt: string | undefined
): [Change, ...Change[]] {
  const { answer: status, choice, answeredBy, answeredAt, comment } = decision
  const output = formOf(before) === undefined ? undefined : decision.output
  const value = output !== undefined && 'value' in output ? asStored(output.value) : undefined
  const stale = staleFields({ ...decision, output }, before)
  // Only a merge patch (RFC 7396) can take a field away. But it would merge an output with the one
  // that is there.
  const isMerge = stale.length > 0 && value === undefined
  const contentType = isMerge ? 'application/merge-patch+json' : 'application/json'
  const removed = Object.fromEntries(stale.map(name => [name, isMerge ? null : '']))
  const words = { status, answeredBy, answeredAt, comment, ...removed }
  const which = {
    ...(choice !== undefined && { choice }),
    ...(value !== undefined && { output: value })
  }
  const proof = receipt === undefined ? {} : { answerReceipt: receipt }
  const [saysWhich, isProven] = [which, proof].map(part => Object.keys(part).length > 0)
  const lesser = [
    ...(saysWhich && isProven
      ? [
          { ...words, ...proof },
          { ...words, ...which }
        ]
      : []),
    ...(saysWhich || isProven ? [words] : [])
  ]
  return [
    { data: { ...words, ...which, ...proof }, contentType },
    ...lesser.map(data => ({ data, contentType })),
    { data: { status }, contentType: 'application/json' }
  ]
}

/** What an earlier decision left, and must not pass for this one's. */
function staleFields(decision: Decision, before: JsonObject): string[] {
  if (before['answeredBy'] === undefined) return []
  const { comment, choice, output } = decision
  const written = {
    comment,
    ...(!isAbsent(before['choices']) && { choice }),
    ...(formOf(before) !== undefined && { output })
  }
  return Object.entries(written).flatMap(([name, known]) =>
    known === undefined && before[name] !== undefined ? [name] : []
  )
}
