import { createHash } from 'node:crypto'
import { changedFields, digestQuestion, type FieldDigest } from './digests.ts'
import { decrypt, encrypt, readEnvelope } from './envelope.ts'
import { deriveKey, type SealKey } from './keys.ts'

/** What a seal holds. */
export interface SealContent {
  /** Undefined while the task of the question's activity has not come. */
  taskToken: string | undefined
  /** Whether the question was asked without a token, which the task of its activity brings. */
  fromActivity: boolean
  /** The AWS region of the token. */
  region: string
  /** The time within which the step wants a heartbeat. */
  heartbeatSeconds: number | undefined
  /**
   * The question as it was asked. Undefined for a token in a record that was not asked through the
   * service.
   */
  question: SealedQuestion | undefined
}

interface SealedQuestion {
  /** The fields that may change after it was asked. */
  openFields: readonly string[]
  fields: readonly FieldDigest[]
}

/**
 * A seal that opened in its own record. A seal that is made from it takes its key, since its
 * digests were made with that key.
 */
export interface OpenedSeal extends SealContent {
  key: SealKey
}

/** A question that is asked: all of its record but the token. */
export interface QuestionToSeal extends Omit<SealContent, 'question'> {
  record: Readonly<Record<string, unknown>>
  openFields: readonly string[]
}

/** A seal that was made with a secret that is not here. */
export interface UnknownKey {
  unknownKey: string
}

const sealKind = 'sealed:'
const sealPrefix = `${sealKind}1:`
const receiptPrefix = 'receipt:1:'

/** Whether a record's `taskToken` is a seal, or claims to be one, in place of a token. */
export function isSealed(taskToken: string): boolean {
  return taskToken.startsWith(sealKind)
}

/**
 * Seals questions and writes receipts with the first of its secrets, and opens what was made with
 * any of them. `uri` is always the record's real URI: with another URI nothing opens. Pure but
 * for random nonces.
 */
export class Seals {
  readonly #keys: readonly SealKey[]
  readonly #first: SealKey

  /** `first`, `others`: secrets of at least 32 bytes. */
  constructor(first: Uint8Array, ...others: readonly Uint8Array[]) {
    this.#first = deriveKey(first)
    this.#keys = [this.#first, ...others.map(deriveKey)]
  }

  /** Names the secrets, the sealing one first. */
  get keyIds(): string[] {
    return this.#keys.map(({ id }) => id)
  }

  /**
   * Seals a question as it is asked.
   * @returns the record's `taskToken`
   */
  sealQuestion(uri: string, asked: QuestionToSeal): string {
    const { taskToken, fromActivity, region, heartbeatSeconds, record, openFields } = asked
    const fields = digestQuestion(this.#first.digest, uri, record, openFields)
    const question = { openFields, fields }
    return seal(this.#first, uri, { taskToken, fromActivity, region, heartbeatSeconds, question })
  }

  /**
   * Binds a token to its record, and to nothing else: no question was asked there through the
   * service.
   */
  sealToken(uri: string, content: Omit<SealContent, 'question'>): string {
    return seal(this.#first, uri, { ...content, question: undefined })
  }

  /** The same seal with the token that its activity brought. */
  withToken(uri: string, { key, ...content }: OpenedSeal, taskToken: string): string {
    return seal(key, uri, { ...content, taskToken })
  }

  /**
   * Opens a record's `taskToken`.
   * @returns `unknownKey`: the id of a key that is not here. `broken`: moved, altered, or no seal
   */
  open(uri: string, text: string): OpenedSeal | UnknownKey | 'broken' {
    const envelope = readEnvelope(sealPrefix, text)
    if (envelope === undefined) return 'broken'
    const key = this.#keys.find(({ id }) => id === envelope.keyId)
    if (key === undefined) return { unknownKey: envelope.keyId }
    const plain = decrypt(sealPrefix, envelope, key.seal, [uri])
    if (plain === undefined) return 'broken'
    // Only `seal` can have written it.
    const content: SealContent = JSON.parse(plain)
    return { ...content, key }
  }

  /** The names of the record's fields that are not as they were asked. */
  changed(
    uri: string,
    { key, question }: OpenedSeal,
    record: Readonly<Record<string, unknown>>
  ): string[] {
    return question === undefined
      ? []
      : changedFields(question.fields, digestQuestion(key.digest, uri, record, question.openFields))
  }

  /**
   * Seals a decision, as the proof that it was taken for this token.
   * @returns the record's `answerReceipt`
   */
  writeReceipt(uri: string, taskToken: string, decision: object): string {
    const { id, receipt } = this.#first
    return encrypt(
      receiptPrefix,
      { id, bytes: receipt },
      [uri, digest(taskToken)],
      JSON.stringify(decision)
    )
  }

  /**
   * The decision in a receipt.
   * @returns undefined for no receipt, for one of another record or token, and for an unknown key
   */
  readReceipt(uri: string, taskToken: string, text: string): unknown {
    const envelope = readEnvelope(receiptPrefix, text)
    const key = this.#keys.find(({ id }) => id === envelope?.keyId)
    if (envelope === undefined || key === undefined) return undefined
    const plain = decrypt(receiptPrefix, envelope, key.receipt, [uri, digest(taskToken)])
    return plain === undefined ? undefined : JSON.parse(plain)
  }
}

/** What a record's `taskToken` is to a service that has no secret at all. */
export function withoutSecret(text: string): UnknownKey | 'broken' {
  const envelope = readEnvelope(sealPrefix, text)
  return envelope === undefined ? 'broken' : { unknownKey: envelope.keyId }
}

function seal(key: SealKey, uri: string, content: SealContent): string {
  return encrypt(sealPrefix, { id: key.id, bytes: key.seal }, [uri], JSON.stringify(content))
}

function digest(taskToken: string): string {
  return createHash('sha256').update(taskToken).digest('base64url')
}
