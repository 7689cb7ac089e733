import { IncomingMessage } from 'node:http'
import { Gathered } from './gathered.ts'
import { pieceTurns } from './piece-turns.ts'

// Bytes of a piece that is worth passing on.
const largePiece = 1024

// Each piece costs a microsecond, however small it is.
const manyPieces = 8_192
const smallBytes = 16

// Who sends more small ones at a time is read in turns.
const fewPieces = 64

/**
 * A request for Node's server. Node tells of each piece (chunk) of a body as it came, and keeps
 * those that nobody reads yet: of one byte each, 65,536 in 20 MiB. Here small pieces are put
 * together as they come, and read in the next turn of the loop; clients that send many of them take
 * turns. One that sends very many very small ones is cut off.
 */
export class GatheredRequest extends IncomingMessage {
  readonly #gathered = new Gathered()
  #isWaiting = false
  #pieces = 0
  #bytes = 0
  /** The small ones that were not passed on yet. */
  #small = 0

  /** Called by Node's parser, with null at the end. */
  override push(piece: Buffer | null): boolean {
    if (piece === null) {
      this.#flush()
      return super.push(null)
    }
    this.#count(piece)
    if (piece.length >= largePiece && this.#gathered.bytes === 0) return super.push(piece)
    this.#gathered.add(piece)
    this.#small += 1
    const mayGoOn = pieceTurns.count(this.socket) && this.#small < fewPieces
    if (!this.#isWaiting) {
      this.#isWaiting = true
      setImmediate(this.#pass)
    }
    return mayGoOn && this.#gathered.bytes + this.readableLength < this.readableHighWaterMark
  }

  /**
   * Called by Node when the response is over and nobody has read the body. Node would read the rest
   * without a word, and as much of it in one turn as has come.
   */
  _dump(): void {
    this.resume()
  }

  // Node reads on when what came has been passed on and read.
  readonly #pass = (): void => {
    if (this.#small < fewPieces) this.#flush()
    else void pieceTurns.next().then(() => this.#flush())
  }

  #flush(): void {
    this.#isWaiting = false
    this.#small = 0
    if (this.#gathered.bytes > 0 && !this.destroyed) super.push(this.#gathered.take())
  }

  #count({ length }: Buffer): void {
    this.#pieces += 1
    this.#bytes += length
    if (this.#pieces < manyPieces) return
    if (this.#bytes < manyPieces * smallBytes) this.socket.destroy()
    this.#pieces = 0
    this.#bytes = 0
  }
}
