import { LRUCache } from 'lru-cache'
import type { KnownDecision } from './record/decision.ts'

/** What is known of a task token that takes no answer any more. */
export type TokenFate =
  /** It was answered, through this process or as the history, or else the record, says. */
  | { kind: 'answered'; decision: KnownDecision }
  /** The step is over without an answer. */
  | { kind: 'over'; reason: string }
  /** The execution runs on, and this record was not answered: its step may have come round again with a new token. */
  | { kind: 'open' }
  /** No history can be read, and the record is undecided. */
  | { kind: 'nothing' }

const maxTokens = 10_000

// All but an answer is passing knowledge, which spares the callers who stand behind the first one the same questions.
const passingMs = 10_000

/**
 * What this process found out about dead tokens, an accepted answer above all, the oldest forgotten first. It holds for one
 * record: a task may serve several, and then its token is dead for all of them when one is answered.
 */
export class TokenFates {
  readonly #fates = new LRUCache<string, TokenFate>({ max: maxTokens })

  /** `record` is the record's URI. */
  of(record: string, taskToken: string): TokenFate | undefined {
    return this.#fates.get(`${taskToken} ${record}`)
  }

  keep(record: string, taskToken: string, fate: TokenFate): TokenFate {
    this.#fates.set(
      `${taskToken} ${record}`,
      fate,
      fate.kind === 'answered' ? {} : { ttl: passingMs }
    )
    return fate
  }
}
