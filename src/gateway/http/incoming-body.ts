import type { IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { errors } from 'undici'
import type { Turns } from '../../wait.ts'
import { Gathered } from './gathered.ts'

// Most bodies are smaller. A longer one is sent to Kinto as it comes.
const headBytes = 64 * 1024

// Each piece costs a microsecond, however small it is. In one turn of the loop Node reads up to
// 2 MiB of a connection, which have room for 350,000 of them.
const manyPieces = 500
const mostSmallPieces = 8_192
const smallBytes = 16

export interface IncomingBodyOptions {
  /** A client that is silent for longer, while its body is waited for, is cut off. */
  idleMs: number
  /** Clients whose bodies come in small pieces take turns. */
  turns: Turns
}

/**
 * The body of a request: as it came, but in pieces that are worth sending. It holds some 128 KiB at
 * most, and asks the client for more when that has gone. A client that sends very many very small
 * pieces is cut off. undici may destroy it, or leave it. Once `response` is over, the rest is read
 * and thrown away. The client's next request stands behind it, and a client that is cut off while
 * it sends may not get to read its response:
 * https://www.rfc-editor.org/rfc/rfc9112.html#section-9.6
 */
export class IncomingBody extends Readable {
  readonly #request: IncomingMessage
  readonly #gathered = new Gathered()
  readonly #silence: NodeJS.Timeout
  readonly #begun = Promise.withResolvers<boolean>()
  readonly #turns: Turns
  /** So much is held before the client has to wait. */
  #mostBytes = headBytes
  #refuse: (bytes: number) => Error | undefined = () => undefined
  #pieces = 0
  #piecesInAll = 0
  #bytesInAll = 0
  #waitsForTurn = false
  #isWanted = false
  #isDelivering = false
  #hasEnded = false

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { idleMs, turns }: IncomingBodyOptions
  ) {
    // One piece is out at a time: what comes meanwhile is gathered.
    super({ highWaterMark: 1 })
    this.#request = request
    this.#turns = turns
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
   * connection to Kinto before. False when the client has left.
   */
  begun(): Promise<boolean> {
    return this.#begun.promise
  }

  /**
   * Gathers the whole body, in place of delivering it. `refuse` is told of each piece as it comes,
   * and may end the body with an error.
   * @throws the error that ended it; RequestAbortedError when the client has left
   */
  async whole(refuse: (bytes: number) => Error | undefined): Promise<Buffer> {
    this.#mostBytes = Infinity
    this.#refuse = refuse
    if (await this.begun()) return this.#gathered.take()
    throw this.errored ?? new errors.RequestAbortedError('The client left.')
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
    const refusal = this.#refuse(piece.length)
    if (refusal !== undefined) return void this.destroy(refusal)
    this.#gathered.add(piece)
    this.#pieces += 1
    this.#piecesInAll += 1
    this.#bytesInAll += piece.length
    if (this.#piecesInAll > mostSmallPieces && this.#bytesInAll < smallBytes * this.#piecesInAll)
      return void this.#request.socket.destroy()
    if (this.#isDelivering) return
    this.#isDelivering = true
    // The parser tells of all pieces that came in one packet before this is called.
    process.nextTick(() => {
      this.#isDelivering = false
      if (this.#pieces > manyPieces && !this.destroyed) void this.#waitForTurn()
      this.#pieces = 0
      if (this.#gathered.bytes >= this.#mostBytes) this.#begun.resolve(true)
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
    } else if (this.#gathered.bytes >= this.#mostBytes) {
      this.#request.pause()
    } else if (this.#request.isPaused() && !this.#waitsForTurn) {
      this.#request.resume()
      this.#silence.refresh()
    }
  }

  async #waitForTurn(): Promise<void> {
    this.#waitsForTurn = true
    this.#request.pause()
    await this.#turns.next()
    this.#waitsForTurn = false
    this.#deliver()
  }
}
