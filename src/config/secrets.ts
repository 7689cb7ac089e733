import { InvalidValue } from './values.ts'

/** The sealing secret, and older ones that only open. */
export type SealSecrets = readonly [first: Buffer, ...others: Buffer[]]

const leastSecretBytes = 32

/**
 * Secrets with white space between them. One of nothing but hex digits is hex, any other base64 or
 * base64url.
 */
export function sealSecrets(text: string): SealSecrets {
  const [newest = '', ...older] = text.split(/\s+/)
  const [first, ...others] = [secretBytes(newest), ...older.map(secretBytes)] as const
  if (new Set([first, ...others].map(bytes => bytes.toString('hex'))).size <= others.length) {
    throw new InvalidValue(
      'has the same secret twice. Keep each one once, the one that seals first.'
    )
  }
  return [first, ...others]
}

function secretBytes(text: string): Buffer {
  const isHex = /^[0-9a-f]+$/i.test(text)
  const bytes = Buffer.from(text, isHex ? 'hex' : 'base64')
  const isWhole = isHex ? text.length % 2 === 0 : /^[\w+/-]+={0,2}$/.test(text)
  if (!isWhole || bytes.length < leastSecretBytes) {
    throw new InvalidValue(
      `must be at least ${leastSecretBytes} random bytes in hex or base64, ` +
        'as by: openssl rand -hex 32'
    )
  }
  return bytes
}
