import { once } from 'node:events'
import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Check, Verdict } from './check.ts'

export interface WorkerOptions {
  /** How long a check may take, in milliseconds. */
  timeoutMs: number
  /** How much memory the checks may take, in MiB. */
  memoryMb: number
}

// The build renames no file in a text: the thread's has the same ending as this one.
const thread = new URL(`thread${extname(import.meta.url)}`, import.meta.url)

/**
 * A thread that checks forms, one at a time. It starts with the first check, and anew after one
 * that was cut. Only while it checks it keeps the process alive.
 */
export class CheckWorker {
  readonly #options: WorkerOptions
  #worker: Worker | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /**
   * @returns undefined for a check that was cut: it took too long, or too much memory
   * @throws Error when the thread cannot be started, or was stopped
   */
  async run(check: Check): Promise<Verdict | undefined> {
    const worker = this.#worker ?? (await this.#start())
    worker.ref()
    worker.postMessage(check, [])
    const verdict = await this.#verdict(worker)
    if (this.#worker !== worker) throw new Error('The checks of forms were stopped.')
    if (verdict === undefined) await this.stop()
    worker.unref()
    return verdict
  }

  /** Ends the thread, and what it does. */
  async stop(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    await worker?.terminate()
  }

  async #start(): Promise<Worker> {
    const worker = new Worker(thread, {
      resourceLimits: { maxOldGenerationSizeMb: this.#options.memoryMb }
    })
    this.#worker = worker
    // An error is told to whom it concerns. Without a listener it would end the process.
    worker.on('error', () => {})
    await once(worker, 'message')
    return worker
  }

  async #verdict(worker: Worker): Promise<Verdict | undefined> {
    const cut = new AbortController()
    const abort = (): void => cut.abort()
    // When this process was held up, a verdict may have come in time: it is read first.
    const timer = setTimeout(() => setImmediate(abort), this.#options.timeoutMs)
    worker.once('exit', abort)
    try {
      const [verdict] = await once(worker, 'message', { signal: cut.signal })
      return verdict
    } catch {
      return undefined
    } finally {
      clearTimeout(timer)
      worker.off('exit', abort)
    }
  }
}
