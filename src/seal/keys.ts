import { hkdfSync } from 'node:crypto'

/** The keys that are made from one secret of `seal_secret`, one for each use. */
export interface SealKey {
  /** 4 bytes, base64url: names the secret in seals and receipts, and does not give it away. */
  id: string
  seal: Buffer
  digest: Buffer
  receipt: Buffer
}

/** Derives the keys of a secret: HKDF with SHA-256 and a label for each use (RFC 5869). */
export function deriveKey(secret: Uint8Array): SealKey {
  return {
    id: derive(secret, 'key id', 4).toString('base64url'),
    seal: derive(secret, 'seal', 32),
    digest: derive(secret, 'digest', 32),
    receipt: derive(secret, 'receipt', 32)
  }
}

function derive(secret: Uint8Array, use: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `kinto-stepfunction ${use}`, bytes))
}
