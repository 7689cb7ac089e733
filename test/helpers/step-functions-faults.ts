import type { Call } from './step-functions-input.ts'
import type { Operation } from './step-functions-operations.ts'

/**
 * What goes wrong with a call. `before` and `after` say whether Step Functions had done what was asked when it went wrong;
 * `garbled` is a cut-off reply with status 200, and `half` one whose body stops without an end. An error by name is answered instead of
 * doing anything, at most with a `Date` of its own (a clock that is off). A delay, or a promise, holds the call up before it is done.
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

  /** Plans a fault for the next `times` calls, or for every call that the predicate likes. Returns a function that ends it. */
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
