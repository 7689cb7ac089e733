const leastBlock = 1024
const mostBlock = 64 * 1024

/**
 * Bytes in the order in which they come, copied into blocks of some size. A client may send a body
 * in pieces of one byte: each of them, kept as it came, would take a hundred times its size. This
 * takes at most twice the bytes, and 1 KiB.
 */
export class Gathered {
  #blocks: Buffer[] = []
  #tail: Buffer = Buffer.alloc(0)
  #used = 0
  #bytes = 0

  /** How many bytes there are. */
  get bytes(): number {
    return this.#bytes
  }

  add(piece: Uint8Array): void {
    this.#bytes += piece.length
    if (piece.length <= this.#tail.length - this.#used) {
      // Without a view of the piece, which takes longer than to copy a small one.
      this.#tail.set(piece, this.#used)
      this.#used += piece.length
      return
    }
    for (let at = 0; at < piece.length;) {
      if (this.#used === this.#tail.length) this.#grow()
      const part = piece.subarray(at, at + this.#tail.length - this.#used)
      this.#tail.set(part, this.#used)
      this.#used += part.length
      at += part.length
    }
  }

  /** Gives all bytes away, in one piece. */
  take(): Buffer {
    const last = this.#tail.subarray(0, this.#used)
    const all = this.#blocks.length === 0 ? last : Buffer.concat([...this.#blocks, last])
    this.#blocks = []
    this.#tail = Buffer.alloc(0)
    this.#used = 0
    this.#bytes = 0
    return all
  }

  #grow(): void {
    if (this.#used > 0) this.#blocks.push(this.#tail)
    const size = Math.min(Math.max(this.#bytes, leastBlock), mostBlock)
    this.#tail = Buffer.allocUnsafeSlow(size)
    this.#used = 0
  }
}
