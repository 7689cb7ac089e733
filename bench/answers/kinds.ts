import { bucket, smallRecord } from '../load/workload.ts'
import type { Request } from '../load/workload.ts'
import { authorization, create } from '../upstreams/seed.ts'
import type { StepFunctions } from '../upstreams/step-functions.ts'

/** The circumstances that make a difference to an answer. */
export interface Kind {
  name: string
  /** The reviewer. Bob may write all records of the collection, Alice those that name her. */
  as: 'alice' | 'bob'
  /** The task waits at an activity, and nobody has its token yet. */
  activity: boolean
}

export const kinds: readonly Kind[] = [
  { name: 'token in the record', as: 'alice', activity: false },
  { name: 'inherited permission', as: 'bob', activity: false },
  { name: 'activity', as: 'alice', activity: true }
]

export const records = `/v1${bucket}/collections/manual_steps/records`

/**
 * Creates records that wait for an answer. Those of an activity get the `activityArn`.
 * @returns the paths to answer them at
 */
export async function prepare(
  kinto: string,
  stepFunctions: StepFunctions,
  { activity, as }: Kind,
  activityArn: string,
  count: number
): Promise<string[]> {
  const tokens = activity ? [] : await stepFunctions.waiting(count)
  const bodies = Array.from({ length: count }, (_none, index) => ({
    data: { ...smallRecord, ...(activity ? { activityArn } : { taskToken: tokens[index] }) },
    ...(as === 'alice' && { permissions: { write: ['account:alice'] } })
  }))
  const ids = await create(kinto, records, bodies)
  if (activity) await stepFunctions.schedule(activityArn, ids)
  return ids.map(id => `${records}/${id}/stepfunction`)
}

export function answering({ as }: Kind): Request {
  return {
    method: 'POST',
    headers: { authorization: authorization(as), 'content-type': 'application/json' },
    body: '{"answer": "SUCCEED"}',
    status: 200
  }
}
