import { LRUCache } from 'lru-cache'
import type { Decision, KnownDecision } from './record/decision.ts'
import { digestOf } from './record/sent-output.ts'

/** What is known of a task token that takes no answer any more. */
export type TokenFate =
  /**
   * It was answered: through this process, or as the history says, or else the record. Known here
   * `since` this time (ISO 8601, UTC). `isRecorded`: its record has shown it.
   */
  | { kind: 'answered'; decision: KnownDecision; since: string; isRecorded?: boolean }
  /** The step ended without an answer. */
  | { kind: 'over'; reason: string; isWorkflowOver?: true }
  /**
   * The execution runs on, and this record was not answered. The workflow may have come to the step
   * again, with a new token.
   */
  | { kind: 'open' }
  /** No history can be read, and the record is undecided. */
  | { kind: 'nothing' }

/** The fate of a token that was answered, as it is known from now on. */
export function answered(decision: KnownDecision): TokenFate & { kind: 'answered' } {
  return { kind: 'answered', decision, since: new Date().toISOString() }
}

const maxTokens = 10_000
const mostUnsure = 10

// An answer is final. The other fates may change, so they are kept for a moment: long enough for
// the callers who queue behind the first one.
const passingMs = 10_000

/**
 * What this process found out about dead tokens, above all that an answer was accepted. The oldest
 * are forgotten first. A fate holds for one record: a task may serve several records, and when one
 * is answered, its token is dead for all of them.
 */
export class TokenFates {
  readonly #fates = new LRUCache<string, TokenFate>({ max: maxTokens })
  readonly #unsure = new LRUCache<string, readonly string[]>({ max: maxTokens })

  /**
   * `record` is the record's URI. Without a token: the fate of the one that was used for the
   * record, and is not saved in it.
   */
  of(record: string, taskToken: string | undefined): TokenFate | undefined {
    return this.#fates.get(keyOf(record, taskToken))
  }

  /** Of an output only the digest is kept: there may be many, and large ones. */
  keep<Fate extends TokenFate>(record: string, taskToken: string | undefined, fate: Fate): Fate {
    this.#fates.set(
      keyOf(record, taskToken),
      withoutOutput(fate),
      fate.kind === 'answered' ? {} : { ttl: passingMs }
    )
    return fate
  }

  /** The `answerId` of the answers of which it is not known whether the token took them. */
  unsureOf(record: string, taskToken: string): readonly string[] {
    return this.#unsure.get(keyOf(record, taskToken)) ?? []
  }

  keepUnsure(record: string, taskToken: string, answerId: string): void {
    const ids = [answerId, ...this.unsureOf(record, taskToken)]
    this.#unsure.set(keyOf(record, taskToken), ids.slice(0, mostUnsure))
  }

  /** The record has shown the decision that its token was answered with. */
  keepRecorded(record: string, taskToken: string | undefined, { answeredAt }: Decision): void {
    const fate = this.of(record, taskToken)
    if (fate?.kind === 'answered' && fate.decision.answeredAt === answeredAt)
      this.keep(record, taskToken, { ...fate, isRecorded: true })
  }
}

function keyOf(record: string, taskToken = ''): string {
  return `${taskToken} ${record}`
}

function withoutOutput(fate: TokenFate): TokenFate {
  if (fate.kind !== 'answered' || fate.decision.output === undefined) return fate
  const { output, ...decision } = fate.decision
  return { ...fate, decision: { ...decision, output: { digest: digestOf(output) } } }
}
