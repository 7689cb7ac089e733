import type { Test } from 'tap'
import {
  saveFetchedToken,
  saveSeenToken,
  type SavedToken
} from '../../../src/answer/activities/fetched-token.ts'
import { namedRecords } from '../../../src/answer/record/match.ts'
import type { Seals } from '../../../src/seal/seals.ts'
import { startKinto } from '../../helpers/kinto.ts'
import { createParts } from '../../helpers/parts.ts'
import { collection } from '../../helpers/service.ts'
import { activityArn, region, startStepFunctions } from '../../helpers/step-functions.ts'

/** The record of these tests. */
export const uri = `${collection}/records/r`
const ref = { version: 'v1', bucket: 'stepfunction', collection: 'steps', record: 'r' }

const task = {
  taskToken: 'NEW',
  activityArn,
  region,
  version: 'v1',
  named: namedRecords(undefined, () => true),
  takenAt: 0
}

/** The two ways to save a token in a record, over a scripted Kinto. */
export async function startSaving(t: Test, seals?: Seals) {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t)])
  kinto.store.collections.set(collection, { write: ['account:workflow'] })
  const parts = createParts(t, { kinto, sfn, seals })
  const session = parts.session()
  const writers = { session, log: parts.log }
  const { reader } = parts
  const stored = (): Record<string, unknown> => kinto.store.records.get(uri)?.data ?? {}
  return {
    kinto,
    sfn,
    stored,
    put: (data: object): void => {
      kinto.store.put(uri, { ...data })
    },
    /** Saves the token `NEW` in the record as it is now. */
    save: async (dead?: string): Promise<SavedToken> =>
      await saveFetchedToken(writers, { task, reading: reader.read(ref, stored()), dead }, parts),
    /** The same, until it was seen there. */
    saveSeen: async (): Promise<SavedToken> =>
      await saveSeenToken(
        writers,
        session,
        { task, reading: reader.read(ref, stored()), dead: undefined },
        parts
      )
  }
}
