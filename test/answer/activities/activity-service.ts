import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { sealSecret } from '../../helpers/combination.ts'
import { activityArn, as, collection, startAll, stateMachineArn } from '../../helpers/service.ts'

/** The permissions of the records of these tests. */
export const writers = { write: ['account:alice'] }
/** Settings with an account of the service. */
export const withAccount = { KINTO_AUTHORIZATION: as('workflow') }
/** The URI of a record of these tests. */
export const uri = (id: string): string => `${collection}/records/${id}`

/** The whole service, before a Step Functions that has an activity. */
export async function startWithActivity(t: Test, env: Record<string, string> = {}, pollMs = 1_000) {
  const all = await startAll(t, {
    env: { ACTIVITY_WAIT_SECONDS: '5', ...sealSecret('set'), ...env },
    pollMs
  })
  all.sfn.createActivity()
  /** Puts a record whose execution waits for the activity. */
  const asked = (
    input: (id: string) => unknown = id => ({ posted: { data: { id } } }),
    fields: object = {}
  ): { id: string; record: string; executionArn: string } => {
    const id = randomUUID()
    const { executionArn } = all.sfn.scheduleActivity({ input: input(id) })
    all.kinto.store.put(uri(id), { activityArn, stateMachineArn, ...fields }, writers)
    return { id, record: uri(id), executionArn }
  }
  const data = (record: string) => all.kinto.store.records.get(record)?.data ?? {}
  return { ...all, asked, data }
}
