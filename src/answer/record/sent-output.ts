import { createHash } from 'node:crypto'
import { canonicalJson } from '../../seal/canonical.ts'

/** What a reviewer sent for the form of a record, or all that is known of it. */
export type SentOutput = { value: unknown } | { digest: string }

/** The same for equal values. */
export function digestOf(output: SentOutput): string {
  return 'digest' in output
    ? output.digest
    : createHash('sha256').update(canonicalJson(output.value)).digest('base64url')
}

/** An output that is known by its digest, or with its value where this is it. */
export function outputOf(digest: string, value: unknown): SentOutput {
  return value !== undefined && digestOf({ value }) === digest ? { value } : { digest }
}
