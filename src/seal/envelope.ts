import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { framed } from './framed.ts'

/** Text that only a holder of the key can read or make, as it stands in a record's field. */
export interface Envelope {
  /** 4 bytes, base64url. */
  keyId: string
  nonce: Buffer
  ciphertext: Buffer
  tag: Buffer
}

const algorithm = 'aes-256-gcm'
const keyIdBytes = 4
// NIST SP 800-38D §8.2.2: random nonces of 96 bits, for up to 2^32 of them under one key.
const nonceBytes = 12
const tagBytes = 16

/**
 * Encrypts `plain`, bound to the texts of `context`.
 * @returns `prefix` and, in one piece, base64url of key id, nonce, ciphertext and tag
 */
export function encrypt(
  prefix: string,
  key: { id: string; bytes: Buffer },
  context: readonly string[],
  plain: string
): string {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key.bytes, nonce, { authTagLength: tagBytes })
  cipher.setAAD(framed(prefix, ...context))
  const parts = [
    Buffer.from(key.id, 'base64url'),
    nonce,
    cipher.update(plain, 'utf8'),
    cipher.final(),
    cipher.getAuthTag()
  ]
  return prefix + Buffer.concat(parts).toString('base64url')
}

/** Takes the text apart: undefined when it is not of this form. */
export function readEnvelope(prefix: string, text: string): Envelope | undefined {
  if (!text.startsWith(prefix)) return undefined
  const encoded = text.slice(prefix.length)
  const bytes = Buffer.from(encoded, 'base64url')
  const size = keyIdBytes + nonceBytes + tagBytes
  // Node's decoder skips what is no base64url. This way an envelope has only one spelling.
  if (bytes.length < size || bytes.toString('base64url') !== encoded) return undefined
  return {
    keyId: bytes.toString('base64url', 0, keyIdBytes),
    nonce: bytes.subarray(keyIdBytes, keyIdBytes + nonceBytes),
    ciphertext: bytes.subarray(keyIdBytes + nonceBytes, -tagBytes),
    tag: bytes.subarray(-tagBytes)
  }
}

/**
 * Decrypts an envelope.
 * @returns undefined when it was made with another key, for another context, or was altered
 */
export function decrypt(
  prefix: string,
  { nonce, ciphertext, tag }: Envelope,
  key: Buffer,
  context: readonly string[]
): string | undefined {
  try {
    const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
    decipher.setAAD(framed(prefix, ...context))
    decipher.setAuthTag(tag)
    return decipher.update(ciphertext, undefined, 'utf8') + decipher.final('utf8')
  } catch {
    return undefined
  }
}
