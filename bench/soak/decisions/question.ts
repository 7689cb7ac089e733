import type { Account } from '../stage/kinto.ts'

/** What somebody says to a question. */
export interface Reply {
  answer: 'SUCCEED' | 'FAIL'
  /** The label, where the record has choices. */
  choice?: string
}

/** A choice of a record. */
export interface Choice {
  label: string
  answer: 'SUCCEED' | 'FAIL'
  error?: string
}

/** A record that waits for an answer. */
export interface Question {
  uri: string
  executionArn: string
  /** The token of a callback; undefined for an activity, whose token the service fetches. */
  taskToken: string | undefined
  /**
   * Whether the record names its execution. The history of that tells the service whether AWS got a
   * report whose response was lost.
   */
  tellsExecution: boolean
  choices: readonly Choice[] | undefined
  /** Its step ended before anybody answered. */
  expired: boolean
  attempts: Attempt[]
}

/** One person's answer, sent as often as it takes. */
export interface Attempt {
  user: Account | undefined
  said: Reply
  /** No other attempt has it, so the execution shows by it whose answer it got. */
  comment: string
  /** What its sender was told, each time that it was sent. */
  told: Told[]
}

/** What the response to an answer said. */
export interface Told {
  /** In few words, for the report. */
  outcome:
    | 'accepted'
    | 'already applied'
    | 'answered differently'
    | 'no task yet'
    | 'changed'
    | 'over'
    | 'reported, not recorded'
    | 'not known'
    | 'not reported'
    | 'refused'
    | 'nothing'
  /** The decision that it names. */
  decision: { answer?: unknown; choice?: unknown; answeredBy?: unknown; answeredAt?: unknown }
}

/** All that can be said to a question. */
export function replies({ choices }: Pick<Question, 'choices'>): Reply[] {
  return (
    choices?.map(({ label, answer }) => ({ answer, choice: label })) ?? [
      { answer: 'SUCCEED' },
      { answer: 'FAIL' }
    ]
  )
}

/** Reads a response. A client that has left was told nothing. */
export function readTold(response: { status: number; body: any } | string): Told {
  if (typeof response === 'string') return { outcome: 'nothing', decision: {} }
  const { status, body } = response
  const {
    outcome,
    answer: said,
    choice,
    answeredBy,
    answeredAt,
    reported,
    changed
  } = body?.stepfunction ?? body?.details ?? {}
  const decision = { answer: said, choice, answeredBy, answeredAt }
  switch (status) {
    case 200:
      return { outcome: outcome === 'accepted' ? 'accepted' : 'already applied', decision }
    case 409:
      if (changed !== undefined) return { outcome: 'changed', decision }
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
