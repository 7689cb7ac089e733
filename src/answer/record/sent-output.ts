import { createHash } from 'node:crypto'
import { isJsonObject } from '../../kinto/json.ts'
import { storableNumber } from '../../kinto/numbers.ts'
import { canonicalJson } from '../../seal/canonical.ts'

/** What a reviewer sent for the form of a record, or all that is known of it. */
export type SentOutput = { value: unknown } | { digest: string }

/**
 * An output as its record can keep it, so that it comes back the same: Kinto moves numbers of more
 * than 15 digits.
 */
export function asStored(value: unknown): unknown {
  if (JSON.isRawJSON(value)) return JSON.rawJSON(storableNumber(value.rawJSON) ?? value.rawJSON)
  if (Array.isArray(value)) return value.map(asStored)
  if (!isJsonObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, asStored(part)]))
}

/** The same for values that are equal once they are stored. */
export function digestOf(output: SentOutput): string {
  return 'digest' in output
    ? output.digest
    : createHash('sha256')
        .update(canonicalJson(asStored(output.value)))
        .digest('base64url')
}

/** An output that is known by its digest, or with its value where this is it. */
export function outputOf(digest: string, value: unknown): SentOutput {
  return value !== undefined && digestOf({ value }) === digest ? { value } : { digest }
}
