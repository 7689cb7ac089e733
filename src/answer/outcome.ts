import type { KintoResponse } from '../kinto/client.ts'
import { conflict, gone, unavailable } from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'
import type { Activities } from './activities/activities.ts'
import type { Backlog } from './backlog.ts'
import type { Decision, KnownDecision } from './record/decision.ts'
import { saveSeenToken } from './activities/fetched-token.ts'
import type { UnsavedTask } from './activities/unsaved.ts'
import { fetchRecord } from '../kinto/permission.ts'
import type { RecordReader } from './record/reader.ts'
import type { Reading } from './record/reading.ts'
import { report, type ReportOptions } from './report.ts'
import type { TokenOrDecision } from './token.ts'
import type { AdmittedAnswer, AnswerToStep } from './admitted.ts'
import {
  isRecorded,
  NotRecorded,
  recordDecision,
  writersOf,
  type Recording
} from './record/update.ts'

/** An answer that the workflow got, now or before. */
export interface Outcome {
  outcome: 'accepted' | 'already_applied'
  decision: Decision
  /** Kinto's answer with the record as it is now. */
  record: KintoResponse
  /** As the caller's own GET showed them. */
  permissions: JsonObject
}

export interface OutcomeOptions extends ReportOptions {
  activities: Activities
  /** Goes on recording after the request. */
  backlog: Backlog
  reader: RecordReader
}

/** The answer, or the need for another token: the execution runs on, and this one is dead without an answer. */
export type OutcomeOrNewToken = Outcome | { outcome: 'token replaced'; deadToken: string }

/**
 * Reports an answer to its token and records it. One at a time for each record.
 * @throws Refusal 409 (answered differently), 410 (over), 503 (not reported, not known, or not recorded)
 */
export async function reportAndRecord(
  admitted: AnswerToStep,
  found: TokenOrDecision,
  options: OutcomeOptions
): Promise<OutcomeOrNewToken> {
  if ('decision' in found) return await answeredBefore(admitted, found.decision, undefined, options)
  const { taskToken } = found
  const reading = 'task' in found ? await save(admitted, found.task, options) : found.reading
  const { step, ref, signed, session, timeLeft, permissions } = admitted
  const reread = async (): Promise<KnownDecision | undefined> =>
    options.reader.read(ref, (await fetchRecord(session, ref, options.reader.bounds)).data).decision
  const fate = await report(
    {
      taskToken,
      region: step.region,
      executionArn: step.executionArn,
      ref,
      signed,
      reread,
      timeLeft
    },
    options
  )
  if (fate === 'accepted') {
    const { answer, answeredBy, answeredAt, comment } = signed
    const decision: KnownDecision = { answer, answeredBy, answeredAt, comment, proof: 'report' }
    return {
      outcome: 'accepted',
      decision,
      record: await write(admitted, { reading, taskToken, decision }, options),
      permissions
    }
  }
  switch (fate.kind) {
    case 'answered':
      return await answeredBefore(admitted, fate.decision, taskToken, options)
    case 'over':
      throw gone(`${fate.reason} No answer was accepted.`)
    case 'open':
      if (step.activityArn !== undefined) return { outcome: 'token replaced', deadToken: taskToken }
      throw gone(
        'This step ended without an answer. The workflow goes on; if it asks again, it uses a new record or a new token.'
      )
    case 'nothing':
      throw gone(
        'The step no longer accepts answers: it may have been answered elsewhere, it may have expired, or its workflow was stopped.'
      )
  }
}

/**
 * The token was answered before: the same answer is confirmed, another one refused. The record is made to show it either way.
 * `taskToken` is the token that was answered, where the record has one.
 */
export async function answeredBefore(
  admitted: AdmittedAnswer,
  decision: KnownDecision,
  taskToken: string | undefined,
  options: OutcomeOptions
): Promise<Outcome> {
  const { answer, answeredBy, answeredAt } = decision
  const same = admitted.signed.answer === answer
  const shown = await fetchRecord(admitted.session, admitted.ref, options.reader.bounds)
  const reading = options.reader.read(admitted.ref, shown.data)
  const recording = { reading, taskToken, decision }
  const recorded = isRecorded(reading, decision)
  if (same) {
    return {
      outcome: 'already_applied',
      decision,
      record: recorded ? shown.response : await write(admitted, recording, options),
      permissions: shown.permissions
    }
  }
  if (!recorded) {
    // Once, without the patience of an answer that was taken: this caller is refused whatever comes of it.
    await write({ ...admitted, timeLeft: () => 0 }, recording, options).catch((error: unknown) => {
      admitted.log.warn(
        { err: error, record: admitted.signed.record },
        'a record could not be made to show its answer'
      )
    })
  }
  throw conflict(
    `This step was already answered: ${answeredBy ?? 'somebody outside this service'} said ${answer}${answeredAt === undefined ? '' : ` on ${answeredAt}`}.`,
    { answer, answeredBy, answeredAt }
  )
}

async function write(
  admitted: AdmittedAnswer,
  recording: Recording,
  { backlog, reader }: OutcomeOptions
): Promise<KintoResponse> {
  const { serviceAccount, session, ref, log, timeLeft, signed } = admitted
  const writers = writersOf(serviceAccount, session, log)
  const outcome = await recordDecision(writers, recording, reader, timeLeft)
  if (outcome === 'moved on') return (await fetchRecord(session, ref, reader.bounds)).response
  if (!(outcome instanceof NotRecorded)) {
    backlog.lookAgain(recording, outcome, writers)
    return outcome
  }
  log.error(
    { err: outcome, record: signed.record, answer: recording.decision.answer },
    'Step Functions took an answer that Kinto could not record'
  )
  if (outcome.refused === undefined) backlog.add(recording)
  throw unavailable(
    'The workflow got the answer, but it could not be recorded here. Repeat the request to record it: it is not reported twice.',
    {
      details: { reported: 'yes' },
      cause: outcome,
      ...(outcome.refused === 403 || outcome.refused === 404 ? {} : { retryAfter: 3 })
    }
  )
}

/** Saves the token of a task before it is used: what became of the record meanwhile counts, and it outlives this process. */
async function save(
  admitted: AnswerToStep,
  task: UnsavedTask,
  options: OutcomeOptions
): Promise<Reading> {
  const { serviceAccount, session, ref, log, step, clientGone } = admitted
  const reading = options.reader.read(
    ref,
    (await fetchRecord(session, ref, options.reader.bounds)).data
  )
  options.reader.step(reading)
  requireAskedBy(reading, task, options)
  const {
    taskToken,
    region,
    named: { seals }
  } = task
  const fetched = { taskToken, region, seals, dead: step.taskToken, reading }
  const saved = await saveSeenToken(
    writersOf(serviceAccount, session, log),
    session,
    fetched,
    options
  )
  if (saved === 'still waits' || saved === 'unusable')
    throw conflict(
      'The workflow asked again while you answered. Look at the record, then answer again.'
    )
  if (saved instanceof NotRecorded) {
    throw unavailable(
      'The task could not be saved in this record, so nothing was reported. Try again in a moment.',
      { cause: saved, retryAfter: 3 }
    )
  }
  options.activities.release(task)
  // The record may have changed up to the moment in which the token was saved.
  options.reader.step(saved.reading)
  requireAskedBy(saved.reading, task, options)
  // Who left while the task was waited for decides nothing; the token is there for the next caller.
  clientGone.throwIfAborted()
  return saved.reading
}

/** @throws Refusal 409 when another question stands in the record than the one that its task came for */
function requireAskedBy(
  reading: Reading,
  { named }: UnsavedTask,
  { reader }: OutcomeOptions
): void {
  if (!reader.isAskedBy(reading, named.seals))
    throw conflict(
      'The question in this record is not the one that its workflow asked. Put it back, or ask again.'
    )
}
