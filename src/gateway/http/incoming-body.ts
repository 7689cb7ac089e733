import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { errors } from 'undici'
import { unavailable, type Refusal } from '../../kinto/errors.ts'
import type { Holding } from '../../shares.ts'
import type { Turns } from '../../wait.ts'
import { Gathered } from './gathered.ts'

// Most bodies are smaller. A longer one is sent to Kinto as it comes.
const headBytes = 64 * 1024

// Bytes of a body that is parsed in a moment, whatever stands in it.
const quick = 16 * 1024

/** 503: the bodies of other requests take all the memory that there is for them. */
export function tooManyBodies(): Refusal {
  return unavailable('Too many requests are being read. Try again in a moment.', { retryAfter: 3 })
}

export interface IncomingBodyOptions {
  /** A client that is silent for longer, while its body is waited for, is cut off. */
  idleMs: number
}

/**
 * The body of a request on its way to Kinto. It holds some 128 KiB at most, and asks the client for
 * more when that has gone. undici may destroy it, or leave it. Once `response` is over, the rest is
 * read and thrown away. The client's next request stands behind it, and a client that is cut off
 * while it sends may not get to read its response:
 * https://www.rfc-editor.org/rfc/rfc9112.html#section-9.6
 */
export class IncomingBody extends Readable {
  readonly #request: IncomingMessage
  readonly #gathered = new Gathered()
  readonly #silence: NodeJS.Timeout
  readonly #begun = Promise.withResolvers<boolean>()
  readonly #head: Holding | undefined
  /** So much is held before the client has to wait. */
  #mostBytes = headBytes
  #refuse: (bytes: number) => Error | undefined
  #isWanted = false
  #hasEnded = false

  /** `head` counts what is gathered before the first of it is read. */
  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { idleMs }: IncomingBodyOptions,
    head?: Holding
  ) {
    // One piece is out at a time: what comes meanwhile is gathered.
    super({ highWaterMark: 1 })
    this.#request = request
    this.#head = head
    this.#refuse = bytes => (head?.take(bytes) === false ? tooManyBodies() : undefined)
    this.#silence = setTimeout(() => {
      // Nobody waits for the client while Kinto takes what it sent.
      if (request.isPaused()) this.#silence.refresh()
      else request.destroy()
    }, idleMs)
    request.on('data', this.#onData)
    request.once('end', () => {
      this.#hasEnded = true
      clearTimeout(this.#silence)
      this.#begun.resolve(true)
      this.#deliver()
    })
    request.once('error', error => this.destroy(error))
    // undici hears of an error too, once it has the body.
    this.on('error', () => {})
    response.once('close', () => this.destroy())
    // The client may have left before anybody asked for its body. Then no event comes any more.
    if (request.destroyed || response.destroyed) this.destroy()
  }

  /**
   * Resolves when the first 64 KiB, or all of it, are here: a client that sends slowly takes no
   * connection to Kinto before.
   * @throws Refusal 503 when there is no room for them
   * @throws RequestAbortedError when the client has left
   */
  async begun(): Promise<void> {
    if (!(await this.#begun.promise)) throw this.#end()
  }

  /**
   * Gathers the whole body, in place of delivering it. `refuse` is told of each piece as it comes,
   * and may end the body with an error. To parse a body may take long, so only one is given out in
   * a turn of the loop. Of a client that leaves before, nothing is kept.
   * @throws the error that ended it; RequestAbortedError when the client has left
   */
  async whole(refuse: (bytes: number) => Error | undefined, turns: Turns): Promise<Buffer> {
    this.#mostBytes = Infinity
    this.#refuse = refuse
    await this.begun()
    if (this.#gathered.bytes > quick) await turns.next()
    if (this.destroyed) throw this.#end()
    return this.#gathered.take()
  }

  #end(): Error {
    return this.errored ?? new errors.RequestAbortedError('The client left.')
  }

  override _read(): void {
    this.#isWanted = true
    this.#deliver()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#silence)
    this.#request.off('data', this.#onData)
    this.#request.resume()
    this.#head?.giveBack()
    this.#gathered.take()
    this.#begun.resolve(false)
    callback(error)
  }

  readonly #onData = (piece: Buffer): void => {
    this.#silence.refresh()
    const refusal = this.#refuse(piece.length)
    if (refusal !== undefined) return void this.destroy(refusal)
    this.#gathered.add(piece)
    if (this.#gathered.bytes >= this.#mostBytes) this.#begun.resolve(true)
    this.#deliver()
  }

  #deliver(): void {
    if (this.destroyed) return
    if (this.#isWanted && this.#gathered.bytes > 0) {
      this.#isWanted = false
      this.#head?.giveBack()
      this.#refuse = () => undefined
      this.push(this.#gathered.take())
    }
    if (this.#hasEnded) {
      if (this.#gathered.bytes === 0) this.push(null)
    } else if (this.#gathered.bytes >= this.#mostBytes) {
      this.#request.pause()
    } else if (this.#request.isPaused()) {
      this.#request.resume()
      this.#silence.refresh()
    }
  }
}
