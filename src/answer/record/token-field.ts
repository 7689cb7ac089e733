import { invalid, orRefusal, Refusal } from '../../kinto/errors.ts'
import type { JsonObject } from '../../kinto/json.ts'
import { recordUri, type RecordRef } from '../../kinto/paths.ts'
import { isSealed, withoutSecret, type OpenedSeal, type Seals } from '../../seal/seals.ts'
import { readToken, textOf } from './record.ts'
import { inScope, type Resource } from '../../kinto/resources.ts'

/**
 * What stands in a record's `taskToken`. `moved`: it was sealed for another record, or was altered.
 * `not asked`: the record is in a place where only questions that were asked through the service
 * count, and this one was not.
 */
export type TokenField =
  | { kind: 'none' }
  | { kind: 'clear'; taskToken: string }
  | { kind: 'sealed'; seal: OpenedSeal }
  | { kind: 'unknown key'; keyId: string; refusal: Refusal }
  | { kind: 'moved' | 'not asked' | 'malformed'; refusal: Refusal }

export interface SealRules {
  /** Undefined without a secret: then nothing that was sealed can be used. */
  seals: Seals | undefined
  /** The resources where only questions that were asked through the service count. */
  sealRequired: readonly Resource[]
}

/** Reads a record's `taskToken`. `ref` names the record by its bucket's real id. Never throws. */
export function readTokenField(
  ref: RecordRef,
  data: JsonObject,
  { seals, sealRequired }: SealRules
): TokenField {
  const isRequired = inScope(sealRequired, ref)
  const text = textOf(data['taskToken']) ?? ''
  if (!isSealed(text)) return isRequired ? notAsked() : inClear(data)
  const opened = seals === undefined ? withoutSecret(text) : seals.open(recordUri(ref), text)
  if (opened === 'broken') {
    return {
      kind: 'moved',
      refusal: unusable(
        "This record's taskToken was sealed for another record, or was altered. " +
          'Put the old one back, or ask again.'
      )
    }
  }
  if ('unknownKey' in opened) {
    return {
      kind: 'unknown key',
      keyId: opened.unknownKey,
      refusal: unusable(
        'This question was sealed with a secret that this service does not have. Tell its operator.'
      )
    }
  }
  return isRequired && opened.question === undefined ? notAsked() : { kind: 'sealed', seal: opened }
}

function inClear(data: JsonObject): TokenField {
  const taskToken = orRefusal(() => readToken(data))
  if (taskToken instanceof Refusal) return { kind: 'malformed', refusal: taskToken }
  return taskToken === undefined ? { kind: 'none' } : { kind: 'clear', taskToken }
}

function notAsked(): TokenField {
  return {
    kind: 'not asked',
    refusal: unusable(
      'This question was not asked through the service. ' +
        'If it was, its taskToken was changed since: put it back, or ask again.'
    )
  }
}

function unusable(description: string): Refusal {
  return invalid('record', 'taskToken', description)
}
