import { findTargets } from '../../../src/gateway/batch/find.ts'
import type { SubResource } from '../../../src/gateway/classify.ts'
import { planBatch, type Plan } from '../../../src/gateway/batch/plan.ts'

export const record = '/buckets/b/collections/c/records/r'
export const answer = { method: 'POST', path: `${record}/stepfunction`, body: { answer: 'FAIL' } }
export const ref = { version: 'v1', bucket: 'b', collection: 'c', record: 'r' }
export const json = ['Content-Type', 'application/json']

/** The plan of a batch. It is undefined where Kinto can have the batch as it is. */
export function plan(
  batch: unknown,
  {
    isOurs = () => true,
    version = 'v1',
    headers = json
  }: { isOurs?: (target: SubResource) => boolean; version?: string; headers?: string[] } = {}
): Plan | undefined {
  const body =
    batch instanceof Buffer
      ? batch
      : Buffer.from(typeof batch === 'string' ? batch : JSON.stringify(batch))
  const targets = findTargets({ body, version, headers }, isOurs)
  return targets.length === 0 ? undefined : planBatch(body, targets)
}
