import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { Gathered } from './gathered.ts'

// Most bodies are smaller. A longer one is sent to Kinto as it comes.
const headBytes = 64 * 1024

/**
 * The body of a request on its way to Kinto: as it came, but in pieces that are worth sending. It
 * holds some 128 KiB at most, and asks the client for more when that has gone. undici may destroy
 * it, or leave it; once `response` is over, the rest is read and thrown away. The client's next
 * request stands behind it, and a client that is cut off while it sends may not get to read its
 * response: https://www.rfc-editor.org/rfc/rfc9112.html#section-9.6
 */
export class IncomingBody extends Readable {
  readonly #request: IncomingMessage
  readonly #gathered = new Gathered()
  readonly #silence: NodeJS.Timeout
  readonly #begun = Promise.withResolvers<boolean>()
  #isWanted = false
  #isDelivering = false
  #hasEnded = false

  /** `idleMs`: a client that is silent for longer, while its body is waited for, is cut off. */
  constructor(request: IncomingMessage, response: ServerResponse, idleMs: number) {
    // One piece is out at a time: what comes meanwhile is gathered.
    super({ highWaterMark: 1 })
    this.#request = request
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
  }

  /**
   * Resolves when the first 64 KiB, or all of it, are here: a client that sends slowly takes no
   * connection to Kinto before. False when the client has left.
   */
  begun(): Promise<boolean> {
    return this.#begun.promise
  }

  override _read(): void {
    this.#isWanted = true
    this.#deliver()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    clearTimeout(this.#silence)
    this.#request.off('data', this.#onData)
    this.#request.resume()
    this.#begun.resolve(false)
    callback(error)
  }

  readonly #onData = (piece: Buffer): void => {
    this.#silence.refresh()
    this.#gathered.add(piece)
    if (this.#isDelivering) return
    this.#isDelivering = true
    // The parser tells of all pieces that came in one packet before this is called.
    process.nextTick(() => {
      this.#isDelivering = false
      if (this.#gathered.bytes >= headBytes) this.#begun.resolve(true)
      this.#deliver()
    })
  }

  #deliver(): void {
    if (this.destroyed) return
    if (this.#isWanted && this.#gathered.bytes > 0) {
      this.#isWanted = false
      this.push(this.#gathered.take())
    }
    if (this.#hasEnded) {
      if (this.#gathered.bytes === 0) this.push(null)
    } else if (this.#gathered.bytes >= headBytes) {
      this.#request.pause()
    } else if (this.#request.isPaused()) {
      this.#request.resume()
      this.#silence.refresh()
    }
  }
}
