import { Seals } from '../../src/seal/seals.ts'
import { sealSecret } from './combination.ts'

/**
 * The task token in a record's field, opened where the combination seals.
 * @param byDefault what the suite does when the combination leaves it open
 */
export function tokenIn(uri: string, field: unknown, byDefault: 'none' | 'set' = 'set'): unknown {
  const { SEAL_SECRET } = sealSecret(byDefault)
  if (SEAL_SECRET === undefined || typeof field !== 'string') return field
  const opened = new Seals(Buffer.from(SEAL_SECRET, 'hex')).open(uri, field)
  return opened !== 'broken' && 'taskToken' in opened ? opened.taskToken : field
}
