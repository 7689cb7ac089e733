import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import { recordUri, type RecordRef } from '../../kinto/paths.ts'
import type { Seals } from '../../seal/seals.ts'
import { isVerb, type KnownDecision } from './decision.ts'
import { hasForm, type Reading } from './reading.ts'
import { textOf } from './record.ts'
import { digestOf, outputOf } from './sent-output.ts'

/** The decision in a record's `answerReceipt`, if it opens for the record and its token. */
export function readReceipt(
  seals: Seals | undefined,
  ref: RecordRef,
  taskToken: string,
  { answerReceipt, output: recorded }: JsonObject
): KnownDecision | undefined {
  const text = textOf(answerReceipt)
  const receipt =
    text === undefined ? undefined : seals?.readReceipt(recordUri(ref), taskToken, text)
  if (!isJsonObject(receipt)) return undefined
  const { answer, choice, answeredBy, answeredAt, comment, output } = receipt
  if (!isVerb(answer)) return undefined
  return {
    answer,
    choice: textOf(choice),
    answeredBy: textOf(answeredBy),
    answeredAt: textOf(answeredAt),
    comment: textOf(comment),
    output: typeof output === 'string' ? outputOf(output, recorded) : undefined,
    proof: 'receipt'
  }
}

/** A record's `answerReceipt`, for a decision that is proven. */
export function writeReceipt(
  seals: Seals | undefined,
  reading: Reading,
  taskToken: string,
  { proof, output, ...words }: KnownDecision
): string | undefined {
  const { ref, isAsked, changed } = reading
  const isProven =
    proof === 'history' ? isAsked && !changed.includes('executionArn') : proof !== 'record'
  if (!isProven) return undefined
  const isSent = output !== undefined && hasForm(reading)
  const decision = { ...words, ...(isSent && { output: digestOf(output) }) }
  return seals?.writeReceipt(recordUri(ref), taskToken, decision)
}
