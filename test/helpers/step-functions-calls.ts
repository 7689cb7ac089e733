import type { Call } from './step-functions-input.ts'
import type { Operation } from './step-functions-operations.ts'

/** The calls that an endpoint has received, and those that are under way. */
export class Calls {
  /** Every call that arrived, also those that went wrong. */
  readonly all: Call[] = []
  readonly #listeners: ((call: Call) => boolean)[] = []
  readonly #open = new Set<Call>()
  readonly #mostOpen = new Map<string, number>()

  /**
   * Notes a call.
   * @returns a function that notes its end
   */
  begin(call: Call): () => void {
    this.all.push(call)
    this.#open.add(call)
    this.#mostOpen.set(
      call.operation,
      Math.max(this.#mostOpen.get(call.operation) ?? 0, this.#openOf(call.operation))
    )
    for (const listener of this.#listeners.slice())
      if (listener(call)) this.#listeners.splice(this.#listeners.indexOf(listener), 1)
    return () => {
      this.#open.delete(call)
    }
  }

  of(operation: Operation): Call[] {
    return this.all.filter(call => call.operation === operation)
  }

  /** Resolves with the next call of the operation. */
  async next(operation: Operation): Promise<Call> {
    return await new Promise(resolve => {
      this.#listeners.push(call => {
        if (call.operation === operation) resolve(call)
        return call.operation === operation
      })
    })
  }

  /** The most calls of the operation at one time, with those that a fault delays. */
  mostOpen(operation: Operation): number {
    return this.#mostOpen.get(operation) ?? 0
  }

  #openOf(operation: string): number {
    return [...this.#open].filter(call => call.operation === operation).length
  }
}
