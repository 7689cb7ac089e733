import type { CheckResult } from './check.ts'
import { FairLine } from './fair-line.ts'
import { CheckWorker, type WorkerOptions } from './worker.ts'

export type { CheckResult } from './check.ts'

const timeoutMs = 200
const memoryMb = 128

/**
 * Checks forms, and what was sent for them, in a thread of its own: no form and no output holds up
 * this process. A form is a JSON Schema (2020-12) of an object. Numbers are raw literals
 * (https://github.com/tc39/proposal-json-parse-with-source), and are looked at as they are written.
 * Callers take turns; the time in line is not counted. Methods reject when the thread cannot be
 * started, or was stopped.
 */
export class Forms {
  readonly #line = new FairLine()
  readonly #worker: CheckWorker

  /** By default 200 milliseconds of CPU for each check, and 128 MiB for all. */
  constructor(options: Partial<WorkerOptions> = {}) {
    this.#worker = new CheckWorker({ timeoutMs, memoryMb, ...options })
  }

  /**
   * @param caller whose turn it is, such as a principal
   * @returns undefined for a form that can be used; else why not, in a sentence
   */
  async checkForm(form: unknown, caller: string): Promise<string | undefined> {
    const result = await this.#check(caller, form)
    return 'unusable' in result ? result.unusable : undefined
  }

  /** Checks the form as well. `caller` is whose turn it is, such as a principal. */
  async checkOutput(form: unknown, output: unknown, caller: string): Promise<CheckResult> {
    return await this.#check(caller, form, output)
  }

  /** Ends the thread. The next check starts another one. */
  async stop(): Promise<void> {
    await this.#worker.stop()
  }

  async #check(caller: string, form: unknown, output?: unknown): Promise<CheckResult> {
    return await this.#line.run(caller, async () => {
      const check = {
        form: JSON.stringify(form),
        ...(output !== undefined && { output: JSON.stringify(output) })
      }
      return (await this.#worker.run(check)) ?? { unusable: 'This form takes too long to check.' }
    })
  }
}
