import { parseJson, type JsonObject } from '../../src/kinto/json.ts'
import { Seals, type OpenedSeal } from '../../src/seal/seals.ts'

/** Two secrets. */
export const [first, second] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
/** Seals of the first one. */
export const seals = new Seals(first)
/** The record that is sealed. */
export const uri = '/buckets/b/collections/c/records/r'
/** What is sealed beside the question. */
export const content = {
  taskToken: 'T',
  fromActivity: false,
  region: 'us-west-2',
  heartbeatSeconds: 60
}

/** A record, read as the service reads it. */
export function parsed(text: string): JsonObject {
  return parseJson(text) as JsonObject
}

/**
 * What a seal holds.
 * @throws if it does not open
 */
export function opened(text: string, where = seals, at = uri): OpenedSeal {
  const seal = where.open(at, text)
  if (seal === 'broken' || 'unknownKey' in seal) throw new Error('it does not open')
  return seal
}
