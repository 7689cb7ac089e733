import { KintoUnreachable } from './client.ts'
import type { RecordBounds } from './records.ts'

/** An object of a list. `text` is undefined where it is too large, and `start` is how it begins. */
export type ListedText =
  | { text: Buffer; bytes: number }
  | { text: undefined; bytes: number; start: string }

interface Bounds extends RecordBounds {
  maxDepth: number
}

// As much as an id needs that is the first of its fields.
const startBytes = 256

/**
 * Finds the objects in the body of a list, `{"data": [{…}, …]}`, while it comes. Each is weighed
 * by itself, and nothing of one that is too large is kept: no object is in the way of another.
 */
export class ListScanner {
  readonly #bounds: Bounds
  #begin: Buffer | undefined = Buffer.alloc(0)
  #object: ScannedObject | undefined
  /** Whether the end of the list has come. */
  isComplete = false

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  /**
   * The objects that end in this piece of the body.
   * @throws KintoUnreachable for what is no list of objects
   */
  *scan(chunk: Buffer): Generator<ListedText> {
    const piece = this.#begin === undefined ? chunk : Buffer.concat([this.#begin, chunk])
    let at = this.#begin === undefined ? 0 : this.#endOfBegin(piece)
    while (at < piece.length && !this.isComplete) {
      this.#object ??= this.#next(piece[at])
      if (this.#object === undefined) {
        at += 1
        continue
      }
      at = this.#object.read(piece, at)
      if (!this.#object.isComplete) return
      yield this.#object.scanned
      this.#object = undefined
    }
  }

  /** Where the first object may be: the end of the piece until that is known. */
  #endOfBegin(piece: Buffer): number {
    const begin = /^\s*\{\s*"data"\s*:\s*\[/.exec(piece.toString('latin1', 0, longestBegin))
    if (begin === null && piece.length >= longestBegin) throw noList()
    this.#begin = begin === null ? piece : undefined
    return begin === null ? piece.length : begin[0].length
  }

  #next(byte: number | undefined): ScannedObject | undefined {
    if (byte === brace) return new ScannedObject(this.#bounds)
    if (byte === endBracket) this.isComplete = true
    else if (byte !== comma && byte !== undefined && !blanks.has(byte)) throw noList()
    return undefined
  }
}

/** One object, as much as has come of it. */
class ScannedObject {
  readonly #bounds: Bounds
  readonly #parts: Buffer[] = []
  #bytes = 0
  #values = 1
  #depth = 0
  #isText = false
  /** Whether the text that is read ended in a backslash that counts. */
  #isEscaped = false
  #isTooLarge = false

  constructor(bounds: Bounds) {
    this.#bounds = bounds
  }

  get isComplete(): boolean {
    return this.#depth === 0
  }

  get scanned(): ListedText {
    const text = Buffer.concat(this.#parts)
    const bytes = this.#bytes
    return this.#isTooLarge ? { text: undefined, bytes, start: text.toString() } : { text, bytes }
  }

  /** Reads on from `from`, and tells where it stopped: behind the object, or at the end. */
  read(piece: Buffer, from: number): number {
    const end = this.#scan(piece, from)
    this.#bytes += end - from
    const { maxBytes, maxValues } = this.#bounds
    if (this.#bytes > maxBytes || this.#values > maxValues) this.#isTooLarge = true
    if (!this.#isTooLarge) this.#parts.push(piece.subarray(from, end))
    else this.#keepStart(piece.subarray(from, end))
    return end
  }

  #keepStart(part: Buffer): void {
    const start = Buffer.concat([...this.#parts, part.subarray(0, startBytes)])
    this.#parts.splice(0, this.#parts.length, Buffer.from(start.subarray(0, startBytes)))
  }

  #scan(piece: Buffer, from: number): number {
    for (let at = from; at < piece.length; at++) {
      if (this.#isText) {
        at = this.#endOfText(piece, at)
        continue
      }
      const byte = piece[at]
      if (byte === quote) {
        this.#isText = true
      } else if (byte === comma) {
        this.#values += 1
      } else if (byte === bracket || byte === brace) {
        this.#values += 1
        this.#depth += 1
        if (this.#depth > this.#bounds.maxDepth) this.#isTooLarge = true
      } else if (byte === endBracket || byte === endBrace) {
        this.#depth -= 1
        if (this.#depth === 0) return at + 1
      }
    }
    return piece.length
  }

  /** The quote that ends a text: the next one behind an even number of backslashes, if any. */
  #endOfText(piece: Buffer, from: number): number {
    const first = this.#isEscaped ? from + 1 : from
    this.#isEscaped = false
    for (let at = piece.indexOf(quote, first); at !== -1; at = piece.indexOf(quote, at + 1)) {
      if (backslashesBefore(piece, at, first) % 2 === 1) continue
      this.#isText = false
      return at
    }
    this.#isEscaped = backslashesBefore(piece, piece.length, first) % 2 === 1
    return piece.length
  }
}

function backslashesBefore(piece: Buffer, end: number, first: number): number {
  let start = end
  while (start > first && piece[start - 1] === backslash) start -= 1
  return end - start
}

function noList(): KintoUnreachable {
  return new KintoUnreachable('The answer is no list, so it is not from Kinto.')
}

const longestBegin = 64
const quote = 0x22
const [backslash, comma, bracket, endBracket, brace, endBrace] = Buffer.from('\\,[]{}')
const blanks = new Set(Buffer.from(' \t\r\n'))
