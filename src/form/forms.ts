import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Check, CheckResult } from './check.ts'
import { FairLine } from './fair-line.ts'
import { CheckWorker, type WorkerOptions } from './worker.ts'

export type { CheckResult } from './check.ts'

const timeoutMs = 200
const memoryMb = 128

const tooLong = { unusable: 'This form takes too long to check.' }

// Long enough that nobody gains by sending it again, short enough where the machine was at fault.
const rememberedForMs = 180_000
const mostRemembered = 1_000

export interface FormsOptions extends WorkerOptions {
  /** How long a check that was cut is not made again, in milliseconds. */
  rememberedForMs: number
}

/**
 * Checks forms, and what was sent for them, in a thread of its own: no form and no output holds up
 * this process. A form is a JSON Schema (2020-12) of an object. Numbers are raw literals
 * (https://github.com/tc39/proposal-json-parse-with-source), and are looked at as they are written.
 * Callers take turns; the time in line is not counted. A check that was cut is not made again for
 * three minutes, so that nobody keeps others waiting with one form. Methods reject when the thread
 * cannot be started, or was stopped.
 */
export class Forms {
  readonly #line = new FairLine()
  readonly #worker: CheckWorker
  /** Digests of what was cut: a form, or a form with an output, which may have been at fault. */
  readonly #cut: LRUCache<string, true>

  /** By default 200 milliseconds of CPU for each check, and 128 MiB for all. */
  constructor(options: Partial<FormsOptions> = {}) {
    const { rememberedForMs: ttl, ...limits } = { rememberedForMs, ...options }
    this.#worker = new CheckWorker({ timeoutMs, memoryMb, ...limits })
    this.#cut = new LRUCache({ max: mostRemembered, ttl })
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
    const check = {
      form: JSON.stringify(form ?? null),
      ...(output !== undefined && { output: JSON.stringify(output) })
    }
    if (this.#isCut(check)) return tooLong
    return await this.#line.run(caller, async () => {
      // It may have been cut while this one was in line.
      if (this.#isCut(check)) return tooLong
      const result = await this.#worker.run(check)
      if (result === undefined) this.#cut.set(digestOf(check), true)
      return result ?? tooLong
    })
  }

  #isCut(check: Check): boolean {
    return this.#cut.has(digestOf(check)) || this.#cut.has(digestOf({ form: check.form }))
  }
}

function digestOf({ form, output }: Check): string {
  return [form, output ?? ''].map(text => hash('sha256', text, 'base64')).join(' ')
}
