import { once } from 'node:events'
import { extname } from 'node:path'
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads'
import type { Check, CheckResult } from './check.ts'

export interface WorkerOptions {
  /** How long a check may take, in milliseconds of CPU time of this process. */
  timeoutMs: number
  /** How much memory the checks may take, in MiB; 32 or more. */
  memoryMb: number
}

/** A thread, and our end of the way to it. On its own port Node.js may have something to say. */
interface Thread {
  worker: Worker
  port: MessagePort
}

// The build renames no file in a text: the thread's has the same ending as this one.
const threadFile = new URL(`thread${extname(import.meta.url)}`, import.meta.url)

/**
 * A thread that checks forms, one at a time. It starts with the first check, and anew after one
 * that was cut. Only while it checks it keeps the process alive.
 */
export class CheckWorker {
  readonly #options: WorkerOptions
  #thread: Thread | undefined

  constructor(options: WorkerOptions) {
    this.#options = options
  }

  /**
   * @returns undefined for a check that was cut: it took too long, or too much memory
   * @throws Error when the thread cannot be started, or was stopped
   */
  async run(check: Check): Promise<CheckResult | undefined> {
    const running = this.#thread ?? (await this.#start())
    const { worker, port } = running
    worker.ref()
    port.postMessage(check, [])
    const cut = new AbortController()
    const callOff = endAfterWork(this.#options.timeoutMs, cut)
    const result = await heard<CheckResult>(running, cut)
    callOff()
    if (this.#thread !== running) throw new Error(ended)
    if (result === undefined) await this.stop()
    worker.unref()
    return result
  }

  /** Ends the thread, and what it does. */
  async stop(): Promise<void> {
    const running = this.#thread
    this.#thread = undefined
    running?.port.close()
    await running?.worker.terminate()
  }

  async #start(): Promise<Thread> {
    const { port1, port2 } = new MessageChannel()
    const worker = new Worker(threadFile, {
      workerData: port2,
      transferList: [port2],
      resourceLimits: { maxOldGenerationSizeMb: this.#options.memoryMb }
    })
    const started = { worker, port: port1 }
    this.#thread = started
    // Without a listener an error of the thread would end the process.
    let cause: unknown
    worker.on('error', error => {
      cause = error
    })
    if ((await heard(started, new AbortController())) !== undefined) return started
    await this.stop()
    throw new Error(ended, { cause })
  }
}

// By the clock a check may take so many times as long, where the machine is busy otherwise.
const mostClockFactor = 10

/**
 * Aborts `cut` once this process, with all its threads, has used `ms` of CPU time, and after ten
 * times as long by the clock at the latest: a machine that is busy is no fault of a form.
 * @returns what calls it off
 */
function endAfterWork(ms: number, cut: AbortController): () => void {
  const begun = performance.now()
  const before = process.cpuUsage()
  const look = (): void => {
    const { user, system } = process.cpuUsage(before)
    const toWork = ms - (user + system) / 1000
    const left = Math.min(toWork, ms * mostClockFactor - (performance.now() - begun))
    if (left > 0) timer = setTimeout(look, left)
    // When this process was held up, a result may have come in time: it is read first.
    else setImmediate(() => cut.abort())
  }
  let timer = setTimeout(look, ms)
  return () => clearTimeout(timer)
}

const ended = 'The thread that checks forms has ended.'

/** What the thread says next; undefined if it fails or ends, or when the wait is ended. */
async function heard<T>({ worker, port }: Thread, wait: AbortController): Promise<T | undefined> {
  const end = (): void => wait.abort()
  worker.once('exit', end)
  const [message] = await once(port, 'message', { signal: wait.signal }).catch(() => [])
  worker.off('exit', end)
  return message
}
