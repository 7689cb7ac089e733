import type { Account } from '../stage/kinto.ts'

export type Verb = 'SUCCEED' | 'FAIL'

/** A record that waits for an answer. */
export interface Question {
  uri: string
  executionArn: string
  /** Of a callback; undefined for an activity, whose token the service fetches. */
  taskToken: string | undefined
  /** Whether the record names its execution, by which the service finds out what became of a lost report. */
  tellsExecution: boolean
  /** Its step has ended before anybody answered. */
  expired: boolean
  attempts: Attempt[]
}

/** One person's answer, sent as often as it takes. */
export interface Attempt {
  user: Account | undefined
  said: Verb
  /** In no other attempt: by it the execution tells whose answer it got. */
  comment: string
  /** What its sender was told, each time. */
  told: Told[]
}

/** What an answer was answered. */
export interface Told {
  /** In few words, for the report. */
  outcome:
    | 'accepted'
    | 'already applied'
    | 'answered differently'
    | 'no task yet'
    | 'over'
    | 'reported, not recorded'
    | 'not known'
    | 'not reported'
    | 'refused'
    | 'nothing'
  /** Whose decision it names. */
  decision: { answer?: unknown; answeredBy?: unknown; answeredAt?: unknown }
}

/** Reads it. Nobody was told anything who has left. */
export function readTold(answer: { status: number; body: any } | string): Told {
  if (typeof answer === 'string') return { outcome: 'nothing', decision: {} }
  const { status, body } = answer
  const {
    outcome,
    answer: said,
    answeredBy,
    answeredAt,
    reported
  } = body?.stepfunction ?? body?.details ?? {}
  const decision = { answer: said, answeredBy, answeredAt }
  switch (status) {
    case 200:
      return { outcome: outcome === 'accepted' ? 'accepted' : 'already applied', decision }
    case 409:
      return { outcome: said === undefined ? 'no task yet' : 'answered differently', decision }
    case 410:
      return { outcome: 'over', decision }
    case 503:
      return {
        outcome:
          reported === 'yes'
            ? 'reported, not recorded'
            : reported === 'unknown'
              ? 'not known'
              : 'not reported',
        decision
      }
    default:
      return { outcome: 'refused', decision }
  }
}
