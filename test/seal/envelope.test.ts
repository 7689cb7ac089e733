import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import t from 'tap'
import { decrypt, encrypt, readEnvelope } from '../../src/seal/envelope.ts'
import { deriveKey } from '../../src/seal/keys.ts'

const { id, seal: bytes, ...others } = deriveKey(Buffer.alloc(32, 1))
const prefix = 'sealed:1:'
const context = ['/buckets/b/collections/c/records/r', 'more']
const sealed = encrypt(prefix, { id, bytes }, context, 'a secret')

function opened(
  text: string,
  { key = bytes, within = context, before = prefix } = {}
): string | undefined {
  const envelope = readEnvelope(before, text)
  return envelope === undefined ? undefined : decrypt(before, envelope, key, within)
}

t.test('what was sealed opens, and shows nothing before', async t => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.array(fc.string()), (plain, within) => {
      const text = encrypt(prefix, { id, bytes }, within, plain)
      return (
        opened(text, { within }) === plain &&
        /^sealed:1:[\w-]+$/.test(text) &&
        readEnvelope(prefix, text)?.keyId === id
      )
    })
  )
  t.not(encrypt(prefix, { id, bytes }, context, 'a secret'), sealed, 'each has a nonce of its own')
  t.equal(sealed.length, prefix.length + Math.ceil(((4 + 12 + 8 + 16) * 4) / 3))
})

t.test('no bit of it can be another one, but for the name of its key', async t => {
  const whole = Buffer.from(sealed.slice(prefix.length), 'base64url')
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const other = Buffer.from(whole)
    other[bit >> 3] = (other[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    const text = prefix + other.toString('base64url')
    if (bit < 32) t.not(readEnvelope(prefix, text)?.keyId, id, `bit ${bit}`)
    else t.equal(opened(text), undefined, `bit ${bit}`)
  }
})

t.test('nor can it be shorter, longer, or spelled in another way', async t => {
  for (let length = 0; length < sealed.length; length++)
    t.equal(opened(sealed.slice(0, length)), undefined, `${length} characters`)
  const long = encrypt(prefix, { id, bytes }, context, 'x'.repeat(29))
  const last = long.at(-1) ?? ''
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const texts = [
    `${sealed}A`,
    `${sealed}=`,
    `${sealed}==`,
    ` ${sealed}`,
    `${sealed}\n`,
    sealed.replace(prefix, `${prefix}\n`),
    sealed.replace(prefix, `${prefix}.`),
    sealed.toUpperCase()
  ]
  for (const text of texts) t.equal(opened(text), undefined, JSON.stringify(text))
  t.equal(opened(long), 'x'.repeat(29))
  for (const other of alphabet.replace(last, ''))
    t.equal(
      opened(long.slice(0, -1) + other),
      undefined,
      'a last character of which not all bits count'
    )
  const both =
    Array.from({ length: 50 }, () => encrypt(prefix, { id, bytes }, context, 'y'.repeat(90))).find(
      text => /-/.test(text) && /_/.test(text.slice(prefix.length))
    ) ?? ''
  t.equal(opened(both), 'y'.repeat(90))
  t.equal(
    opened(prefix + both.slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/')),
    undefined,
    'base64'
  )
})

t.test('nor opened elsewhere, as something else, or with another key', async t => {
  for (const within of [
    [],
    ['/buckets/b/collections/c/records/s', 'more'],
    [context[0] ?? ''],
    [...context, ''],
    context.toReversed(),
    [context.join('')]
  ])
    t.equal(opened(sealed, { within }), undefined)
  t.equal(opened(sealed.replace(prefix, 'sealed:2:')), undefined)
  t.equal(
    opened(sealed.replace(prefix, 'sealed:2:'), { before: 'sealed:2:' }),
    undefined,
    'the prefix is part of what is proven'
  )
  for (const key of [randomBytes(32), others.digest, others.receipt])
    t.equal(opened(sealed, { key }), undefined)
})

t.test('a secret has keys for each use, and an id that tells nothing', async t => {
  const { id, seal, digest, receipt } = deriveKey(Buffer.alloc(32, 1))
  t.match(id, /^[\w-]{6}$/)
  t.equal(new Set([id, seal, digest, receipt, Buffer.alloc(32, 1)].map(String)).size, 5)
  t.same(
    [seal, digest, receipt].map(key => key.length),
    [32, 32, 32]
  )
  t.same(deriveKey(Buffer.alloc(32, 1)), { id, seal, digest, receipt }, 'the same on all replicas')
  t.not(deriveKey(Buffer.alloc(33, 1)).id, id)
})
