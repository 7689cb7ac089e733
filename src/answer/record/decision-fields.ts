import type { JsonObject } from '../../kinto/json.ts'
import type { Decision } from './decision.ts'
import { isAbsent } from './record.ts'
import { asStored, digestOf, outputOf } from './sent-output.ts'
import { formOf } from './terms.ts'

/** Fields to change in a record. */
export interface Change {
  data: JsonObject
  contentType: string
}

const json = 'application/json'
// RFC 7396: it alone can take a field away.
const merge = 'application/merge-patch+json'

/**
 * The fields that show a decision in its record, as `before` it. All that an answer writes is
 * replaced, or taken away: nothing that stood there before becomes part of the decision. The
 * changes after the first are for a collection whose schema refuses some of them: without those
 * that say which answer it was, without the receipt, without both, and with `status` alone.
 */
export function changesFor(
  decision: Decision,
  before: JsonObject,
  receipt: string | undefined
): [Change, ...Change[]] {
  const { answer: status, choice, answeredBy, answeredAt, comment } = decision
  const words = { answeredBy, answeredAt, comment }
  const which = { choice, output: outputFor(decision, before) }
  const ours = hasTerms(before) ? { ...words, ...which } : words
  const stale = namesIn(ours, value => value === undefined).filter(name => !isAbsent(before[name]))
  // A merge patch would merge an output with the one that is there.
  const isMerge = stale.length > 0 && which.output === undefined
  const said = { status, ...words, ...emptied(stale, isMerge ? null : '') }
  const proof = { answerReceipt: receipt }
  const [saysWhich, isProven] = [which, proof].map(
    part => namesIn(part, value => value !== undefined).length > 0
  )
  const lesser = [
    ...(saysWhich && isProven
      ? [
          { ...said, ...proof },
          { ...which, ...said }
        ]
      : []),
    ...(saysWhich || isProven ? [said] : [])
  ]
  const all = { ...which, ...proof, ...said }
  const left = Object.keys(ours).filter(name => !isAbsent(before[name]))
  return [
    { data: all, contentType: isMerge ? merge : json },
    ...lesser.map(data => ({ data, contentType: isMerge ? merge : json })),
    ...(left.length > 0 ? [{ data: { status, ...emptied(left, null) }, contentType: merge }] : []),
    { data: { status }, contentType: json }
  ]
}

/**
 * Whether a record says what its answers may be. Only there `choice` and `output` are an answer's:
 * another record may use these names for something else.
 */
function hasTerms({ choices, form }: JsonObject): boolean {
  return !isAbsent(choices) || !isAbsent(form)
}

/** The output to be written for the record's form; of a digest that output, if it is there. */
function outputFor({ output }: Decision, before: JsonObject): unknown {
  if (output === undefined || formOf(before) === undefined) return undefined
  const known = 'value' in output ? output : outputOf(digestOf(output), before['output'])
  return 'value' in known ? asStored(known.value) : undefined
}

function namesIn(fields: JsonObject, test: (value: unknown) => boolean): string[] {
  return Object.keys(fields).filter(name => test(fields[name]))
}

function emptied(names: readonly string[], value: null | ''): JsonObject {
  return Object.fromEntries(names.map(name => [name, value]))
}
