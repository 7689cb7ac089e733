/**
 * The texts in one piece, each with its length before it, so that no two lists of texts give the
 * same bytes.
 */
export function framed(...texts: readonly string[]): Buffer {
  return Buffer.concat(
    texts.flatMap(text => {
      const bytes = Buffer.from(text)
      const length = Buffer.alloc(8)
      length.writeBigUInt64BE(BigInt(bytes.length))
      return [length, bytes]
    })
  )
}
