/** What a reviewer can say, in the words of the records' `status` field. */
export type Verb = 'SUCCEED' | 'FAIL'

/** A decision on a step: who said what, and when (ISO 8601, UTC). */
export interface Decision {
  answer: Verb
  answeredBy?: string | undefined
  answeredAt?: string | undefined
  comment?: string | undefined
}

export function isVerb (value: unknown): value is Verb {
  return value === 'SUCCEED' || value === 'FAIL'
}
