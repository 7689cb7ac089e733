import { pino } from 'pino'
import type { Test } from 'tap'
import {
  saveFetchedToken,
  saveSeenToken,
  type SavedToken
} from '../../../src/answer/activities/fetched-token.ts'
import { namedRecords } from '../../../src/answer/record/match.ts'
import { RecordReader } from '../../../src/answer/record/reader.ts'
import { KintoSession } from '../../../src/kinto/session.ts'
import { createUpstream } from '../../../src/kinto/upstream.ts'
import type { Seals } from '../../../src/seal/seals.ts'
import { createStepFunctions } from '../../../src/stepfunctions/clients.ts'
import { startKinto } from '../../helpers/kinto.ts'
import { as, collection } from '../../helpers/service.ts'
import {
  activityArn,
  credentials,
  region,
  startStepFunctions
} from '../../helpers/step-functions.ts'

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
  const upstream = createUpstream({ origin: kinto.url, timeoutMs: 1_000 })
  const stepFunctions = createStepFunctions({ endpoint: sfn.url, credentials, timeoutMs: 1_000 })
  t.teardown(async () => {
    stepFunctions.close()
    await upstream.close()
  })
  const reader = new RecordReader({
    policy: { allowedArns: [], region },
    seals,
    sealRequired: [],
    observe() {}
  })
  const session = new KintoSession(
    { dispatcher: upstream.dispatcher, origin: kinto.url, timeoutMs: 1_000 },
    ['Authorization', as('workflow')],
    () => 1_000
  )
  const log = pino({ level: 'silent' })
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
      await saveFetchedToken(
        { session, log },
        { task, reading: reader.read(ref, stored()), dead },
        { reader, stepFunctions, log }
      ),
    /** The same, until it was seen there. */
    saveSeen: async (): Promise<SavedToken> =>
      await saveSeenToken(
        { session, log },
        session,
        { task, reading: reader.read(ref, stored()), dead: undefined },
        { reader, stepFunctions, log }
      )
  }
}
