import type { SentOutput } from './sent-output.ts'

/** What a reviewer can say, in the words of the records' `status` field. */
export type Verb = 'SUCCEED' | 'FAIL'

/** A decision on a step: who said what, and when (ISO 8601, UTC). */
export interface Decision {
  answer: Verb
  /** The label of the choice that was made. Undefined where there was none, or it is not known. */
  choice?: string | undefined
  answeredBy?: string | undefined
  answeredAt?: string | undefined
  comment?: string | undefined
  /** What was sent for the workflow. It counts only in a record with a form. */
  output?: SentOutput | undefined
}

/**
 * How a decision is known: Step Functions took it from this process; the history of the execution
 * shows it; the receipt in the record opens; or nothing but the record's `status` says so.
 */
export type Proof = 'report' | 'history' | 'receipt' | 'record'

export interface KnownDecision extends Decision {
  proof: Proof
}

export function isVerb(value: unknown): value is Verb {
  return value === 'SUCCEED' || value === 'FAIL'
}
