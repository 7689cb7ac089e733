import { createHmac } from 'node:crypto'
import { canonicalJson } from './canonical.ts'
import { framed } from './framed.ts'

/**
 * What is sealed of one field: its name, cut to what a message shows, and a digest of the whole
 * name and the value.
 */
export type FieldDigest = readonly [name: string, digest: string]

const digestBytes = 8
const shownLength = 60

/** Fields that an answer writes, beside the status. */
export const fieldsOfAnAnswer = [
  'choice',
  'output',
  'answeredBy',
  'answeredAt',
  'comment',
  'answerReceipt',
  'over'
] as const

// Fields that Kinto, an answer or the service writes.
const notAsked = new Set<string>([
  'id',
  'last_modified',
  'taskToken',
  'status',
  ...fieldsOfAnAnswer
])

/**
 * Digests the question in a record: every field but those that Kinto, an answer or the service
 * writes, and those of `openFields`.
 */
export function digestQuestion(
  key: Buffer,
  uri: string,
  record: Readonly<Record<string, unknown>>,
  openFields: readonly string[]
): FieldDigest[] {
  return Object.entries(record)
    .filter(([name, value]) => isAsked(name, value) && !openFields.includes(name))
    .map(([name, value]) => [
      name.slice(0, shownLength).toWellFormed(),
      digestField(key, uri, name, value)
    ])
}

/** The names of the fields that differ, are new, or are gone. */
export function changedFields(
  sealed: readonly FieldDigest[],
  present: readonly FieldDigest[]
): string[] {
  const names = [...missing(present, sealed), ...missing(sealed, present)]
  return [...new Set(names)].toSorted()
}

function missing(from: readonly FieldDigest[], among: readonly FieldDigest[]): string[] {
  const digests = new Set(among.map(([, digest]) => digest))
  return from.filter(([, digest]) => !digests.has(digest)).map(([name]) => name)
}

/** Whether a field is part of the question. One that is absent, null or an empty text is not. */
export function isAsked(name: string, value: unknown): boolean {
  if (notAsked.has(name) || value === undefined || value === null || value === '') return false
  // A whole number in `schema` is Kinto's: the version of the collection's schema.
  return name !== 'schema' || !JSON.isRawJSON(value) || !/^\d+$/.test(value.rawJSON)
}

function digestField(key: Buffer, uri: string, name: string, value: unknown): string {
  const digest = createHmac('sha256', key)
    .update(framed(uri, name, canonicalJson(value)))
    .digest()
  return digest.toString('base64url', 0, digestBytes)
}
