import type { Test } from 'tap'
import { realKinto } from '../helpers/real.ts'
import { startService, type TestService } from '../helpers/service.ts'
import { startStepFunctions, type StepFunctionsEndpoint } from '../helpers/step-functions.ts'
import { put } from './stage.ts'

// A bucket for each row of a table, so that one Kinto serves them all.
const buckets = Array.from({ length: 40 }, (_none, row) => `/buckets/b${row}`)
const everybody = [
  'owner',
  'named',
  'member',
  'inherits',
  'top',
  'reader',
  'creator',
  'other',
  'stranger',
  'listed'
]

/** The user of a request without credentials. */
export const anonymous = undefined

/** The group in permissions; `member` is in it. */
export const group = 'BUCKET/groups/reviewers'

export interface Place {
  kinto: { url: string }
  sfn: StepFunctionsEndpoint
  service: TestService
}

/** Permissions at each level. BUCKET stands for the path of the bucket. */
export interface Permissions {
  bucket?: object
  collection?: object
  record?: object
}

/** Starts a real Kinto with the accounts, and the service for all of the buckets. */
export async function startPlace(t: Test, settings: Record<string, string> = {}): Promise<Place> {
  const [kinto, sfn] = await Promise.all([realKinto(t, { settings }), startStepFunctions(t)])
  await Promise.all(
    everybody.map(user => put(kinto, `/accounts/${user}`, { data: { password: 'secret' } }))
  )
  return {
    kinto,
    sfn,
    service: await startService(t, kinto, sfn, { RESOURCES: buckets.join(' ') })
  }
}

/**
 * Creates the bucket of a row and a collection in it, as `owner`, with these permissions.
 * @returns the collection
 */
export async function prepare(
  { kinto }: Place,
  row: number,
  permissions: Permissions = {}
): Promise<string> {
  const bucket = buckets[row] ?? ''
  const collection = `${bucket}/collections/c`
  await put(kinto, bucket, { permissions: inRow(row, permissions.bucket) }, 'owner')
  await put(kinto, `${bucket}/groups/reviewers`, { data: { members: ['account:member'] } }, 'owner')
  await put(kinto, collection, { permissions: inRow(row, permissions.collection) }, 'owner')
  return collection
}

/** The permissions with the bucket of the row in place of BUCKET. */
export function inRow(row: number, permissions: object = {}): object {
  return JSON.parse(JSON.stringify(permissions).replaceAll('BUCKET', buckets[row] ?? ''))
}
