import { jsonObject } from '../../kinto/client.ts'
import { isJsonObject } from '../../kinto/json.ts'
import type { KintoSession } from '../../kinto/session.ts'
import type { StepFunctions } from '../../stepfunctions/clients.ts'
import { livenessOf } from '../../stepfunctions/liveness.ts'
import type { Log } from '../../log.ts'
import { pause } from '../../wait.ts'
import { fetchReading } from '../record/fetch-reading.ts'
import type { RecordReader } from '../record/reader.ts'
import type { Reading } from '../record/reading.ts'
import {
  existingIn,
  lookAgainMs,
  NotRecorded,
  patchRecord,
  type Writers
} from '../record/update.ts'
import type { UnsavedTask } from './unsaved.ts'

/** A task that a poll brought, and the record that its token belongs to. */
export interface FetchedToken {
  task: UnsavedTask
  reading: Reading
  /** A token of the record that is known to be dead. */
  dead: string | undefined
}

/**
 * The result of saving a token: the record as it is now, with the token; or why the token is not
 * there. `still waits`: the record holds another token, which is alive, or may be. `unusable`: the
 * record's `taskToken` cannot be sealed anew, or the record asks something else than the task.
 */
export type SavedToken = { reading: Reading } | NotRecorded | 'still waits' | 'unusable'

export interface SavingOptions {
  reader: RecordReader
  stepFunctions: StepFunctions
  log: Log
}

// Somebody may change the record without pause.
const mostTries = 10

/**
 * Saves a task token in its record, so that it outlives this process. A token that is alive is
 * never replaced.
 */
export async function saveFetchedToken(
  writers: Writers,
  fetched: FetchedToken,
  { reader, stepFunctions, log }: SavingOptions
): Promise<SavedToken> {
  const {
    task: { taskToken, region, named },
    dead
  } = fetched
  let { reading } = fetched
  for (let tries = 0; tries < mostTries; tries++) {
    if (reading.taskToken === taskToken) return { reading }
    if ('refusal' in reading.tokenField || !reader.isAskedBy(reading, named.seals))
      return 'unusable'
    if (reading.taskToken !== undefined && reading.taskToken !== dead) {
      const waitsIn = reading.tokenField.kind === 'sealed' ? reading.tokenField.seal.region : region
      if ((await livenessOf(reading.taskToken, waitsIn, stepFunctions, log)) !== 'dead')
        return 'still waits'
    }
    const response = await patchRecord(writers, reading, {
      taskToken: reader.sealFetched(reading, taskToken, region)
    })
    if (response instanceof NotRecorded) return response
    const data = response.status === 200 ? jsonObject(response)['data'] : existingIn(response)
    if (!isJsonObject(data)) return new NotRecorded(response)
    reading = reader.read(reading.ref, data)
  }
  return new NotRecorded(undefined, new Error('The record is changed without pause.'))
}

/**
 * The same, but the token counts as saved only once it was seen in the record: a change at the same
 * time may have undone it.
 * @throws KintoRefusal when the caller may not see the record any more, KintoUnreachable
 */
export async function saveSeenToken(
  writers: Writers,
  session: KintoSession,
  fetched: FetchedToken,
  options: SavingOptions
): Promise<SavedToken> {
  let { reading } = fetched
  for (let tries = 0; tries < mostTries; tries++) {
    const saved = await saveFetchedToken(writers, { ...fetched, reading }, options)
    if (typeof saved === 'string' || saved instanceof NotRecorded || saved.reading === reading)
      return saved
    await pause(lookAgainMs)
    reading = (await fetchReading(session, reading.ref, options.reader)).reading
  }
  return new NotRecorded(undefined, new Error('The record is changed without pause.'))
}
