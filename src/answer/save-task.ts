import { conflict, unavailable } from '../kinto/errors.ts'
import type { Activities } from './activities/activities.ts'
import { saveSeenToken, type SavingOptions } from './activities/fetched-token.ts'
import type { UnsavedTask } from './activities/unsaved.ts'
import type { AnswerToStep } from './admitted.ts'
import { fetchReading } from './record/fetch-reading.ts'
import type { RecordReader } from './record/reader.ts'
import type { Reading } from './record/reading.ts'
import { NotRecorded } from './record/update.ts'
import { askedAgain } from './refusals.ts'

export interface TaskOptions extends SavingOptions {
  activities: Activities
}

/**
 * Saves the token of a task in the record before it is used, so that it outlives this process. One
 * that Kinto will not take there for good is used at once: nobody else could use it later. The
 * record may have changed since the caller was admitted, so it is read anew, before and after.
 * @throws Refusal 400 (nothing usable), 409 (the question is another one, or the workflow asked
 * again), 503 (not saved), KintoRefusal, KintoUnreachable, and the reason of `clientGone`
 */
export async function saveTask(
  toStep: AnswerToStep,
  task: UnsavedTask,
  options: TaskOptions
): Promise<Reading> {
  const { session, ref, writers, dead, clientGone, signed } = toStep
  const { reader, activities, log } = options
  const { reading } = await fetchReading(session, ref, reader)
  requireAskedBy(reading, task, reader)
  const saved = await saveSeenToken(writers, session, { task, reading, dead }, options)
  if (saved === 'still waits' || saved === 'unusable') throw askedAgain()
  if (saved instanceof NotRecorded) {
    if (!saved.isOfContent) throw notSaved(saved)
    log.warn(
      { err: saved, record: signed.record },
      'Kinto does not take the token of a task into its record: ' +
        'it is used at once, and until then it is in memory alone'
    )
  } else {
    activities.release(task)
  }
  // The record may have changed up to the moment in which the token was saved.
  const latest = saved instanceof NotRecorded ? await fetchReading(session, ref, reader) : saved
  requireAskedBy(latest.reading, task, reader)
  // A client that left during the wait decides nothing. The token is there for the next caller.
  clientGone.throwIfAborted()
  return latest.reading
}

function notSaved(cause: NotRecorded): Error {
  const message = 'The task could not be saved in this record, so nothing was reported.'
  return cause.refused === undefined
    ? unavailable(`${message} Try again in a moment.`, { cause, retryAfter: 3 })
    : unavailable(`${message} Kinto refuses the change: tell the people who run it.`, { cause })
}

/**
 * @throws Refusal 400 (nothing usable), 409 when the record's question was changed, or is not the
 * one that the task came for
 */
function requireAskedBy(reading: Reading, { named }: UnsavedTask, reader: RecordReader): void {
  reader.step(reading)
  if (!reader.isAskedBy(reading, named.seals))
    throw conflict(
      'The question in this record is not the one that its workflow asked. ' +
        'Put it back, or ask again.'
    )
}
