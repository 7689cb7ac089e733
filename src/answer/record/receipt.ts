import { isJsonObject, type JsonObject } from '../../kinto/json.ts'
import { recordUri, type RecordRef } from '../../kinto/paths.ts'
import type { Seals } from '../../seal/seals.ts'
import { isVerb, type KnownDecision } from './decision.ts'
import { textOf } from './record.ts'

/** The decision in a record's `answerReceipt`, if it opens for the record and its token. */
export function readReceipt(
  seals: Seals | undefined,
  ref: RecordRef,
  taskToken: string,
  { answerReceipt }: JsonObject
): KnownDecision | undefined {
  const text = textOf(answerReceipt)
  const receipt =
    text === undefined ? undefined : seals?.readReceipt(recordUri(ref), taskToken, text)
  if (!isJsonObject(receipt)) return undefined
  const { answer, answeredBy, answeredAt, comment } = receipt
  if (!isVerb(answer)) return undefined
  return {
    answer,
    answeredBy: textOf(answeredBy),
    answeredAt: textOf(answeredAt),
    comment: textOf(comment),
    proof: 'receipt'
  }
}
