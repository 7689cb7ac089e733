import type { Call } from './step-functions-input.ts'
import type { Operation } from './step-functions-operations.ts'

/**
 * What goes wrong with a call. With `before` it goes wrong before Step Functions does what was
 * asked, with `after` when that is done. `garbled` is a cut-off reply with status 200, `half` one
 * whose body stops without an end. Where an error is named, it is the reply, and nothing is done;
 * its `date` stands for a clock that is off. A delay or a promise holds the call up before it is
 * carried out.
 */
export type Fault =
  | `${'reset' | 'hang' | '500' | '502' | 'garbled' | 'half'} ${'before' | 'after'}`
  | 'ThrottlingException'
  | 'AccessDeniedException'
  | 'ExpiredTokenException'
  | 'KmsThrottlingException'
  | 'KmsAccessDeniedException'
  | 'ActivityWorkerLimitExceeded'
  | { error: string; message?: string; status?: number; date?: Date }
  | { reply: string; status: number }
  | { delayMs: number }
  | { until: Promise<unknown> }

interface Rule {
  operation: Operation | '*'
  fault: Fault
  times: number
  matches: (call: Call) => boolean
}

/** The faults that are still to come, in the order in which they were asked for. */
export class Faults {
  #rules: Rule[] = []

  /**
   * Plans a fault for the next `when` calls, or for every call that the predicate accepts.
   * @returns a function that ends it
   */
  add(
    operation: Operation | '*',
    fault: Fault,
    when: number | ((call: Call) => boolean)
  ): () => void {
    const rule: Rule = {
      operation,
      fault,
      times: typeof when === 'number' ? when : Infinity,
      matches: typeof when === 'number' ? () => true : when
    }
    this.#rules.push(rule)
    return () => {
      rule.times = 0
    }
  }

  /** The fault of this call, if it has one. */
  take(call: Call): Fault | undefined {
    this.#rules = this.#rules.filter(({ times }) => times > 0)
    const rule = this.#rules.find(
      ({ operation, matches }) =>
        (operation === '*' || operation === call.operation) && matches(call)
    )
    if (rule === undefined) return undefined
    rule.times--
    return rule.fault
  }
}
