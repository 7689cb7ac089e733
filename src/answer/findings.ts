import { LRUCache } from 'lru-cache'
import type { Decision } from './decision.ts'

/** What is known of a task token that takes no answer any more. */
export type Finding =
  /** It was answered, through this process or as the history, or else the record, says. */
  | { kind: 'answered', decision: Decision }
  /** The step is over without an answer. */
  | { kind: 'over', reason: string }
  /** The execution runs on, and this record was not answered: its step may have come round again with a new token. */
  | { kind: 'open' }
  /** No history can be read, and the record is undecided. */
  | { kind: 'nothing' }

const maxTokens = 10_000

// All but an answer is passing knowledge, which spares the callers who stand behind the first one the same questions.
const passingMs = 10_000

/** What this process found out about dead tokens, an accepted answer above all: once per token, the oldest forgotten first. */
export class Findings {
  readonly #findings = new LRUCache<string, Finding>({ max: maxTokens })

  of (taskToken: string): Finding | undefined {
    return this.#findings.get(taskToken)
  }

  keep (taskToken: string, finding: Finding): Finding {
    this.#findings.set(taskToken, finding, finding.kind === 'answered' ? {} : { ttl: passingMs })
    return finding
  }
}
