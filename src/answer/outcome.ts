import type { KintoResponse } from '../kinto/client.ts'
import { conflict, gone } from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'
import type { Decision, KnownDecision } from './record/decision.ts'
import { fetchRecord } from '../kinto/permission.ts'
import { isRecorded } from './record/recording.ts'
import { report, type ReportOptions } from './report.ts'
import { saveTask, type TaskOptions } from './save-task.ts'
import type { TokenOrDecision } from './token.ts'
import type { AdmittedAnswer, AnswerToStep } from './admitted.ts'
import { writeDecision, type WritingOptions } from './write-decision.ts'

/** The outcome of an answer that the workflow got, now or before. */
export interface Outcome {
  outcome: 'accepted' | 'already_applied'
  decision: Decision
  /** Kinto's response with the record as it is now. */
  record: KintoResponse
  /** As a GET by the caller showed them. */
  permissions: JsonObject
}

export type OutcomeOptions = ReportOptions & TaskOptions & WritingOptions

/**
 * The outcome, or the need for a new token: the workflow runs on, and `deadToken` got no answer.
 */
export type OutcomeOrNewToken = Outcome | { outcome: 'token replaced'; deadToken: string }

/**
 * Reports an answer to its token and records it. Not to be called twice at a time for one record.
 * @throws Refusal 409 (answered differently), 410 (over), 503 (not reported, not known, or not
 * recorded)
 */
export async function reportAndRecord(
  admitted: AnswerToStep,
  found: TokenOrDecision,
  options: OutcomeOptions
): Promise<OutcomeOrNewToken> {
  if ('decision' in found) return await answeredBefore(admitted, found.decision, undefined, options)
  const { taskToken } = found
  const reading = 'task' in found ? await saveTask(admitted, found.task, options) : found.reading
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
      record: await writeDecision(admitted, { reading, taskToken, decision }, options),
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
        'This step ended without an answer. ' +
          'The workflow goes on; if it asks again, it uses a new record or a new token.'
      )
    case 'nothing':
      throw gone(
        'The step no longer accepts answers: it may have been answered elsewhere, ' +
          'it may have expired, or its workflow was stopped.'
      )
  }
}

/**
 * The token was answered before: the same answer is confirmed, another one is refused. In both
 * cases the record is made to show the decision. `taskToken` is the token that was answered, where
 * the record has one.
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
      record: recorded ? shown.response : await writeDecision(admitted, recording, options),
      permissions: shown.permissions
    }
  }
  if (!recorded) {
    // Tried once and not repeated: this caller is refused in any case.
    await writeDecision({ ...admitted, timeLeft: () => 0 }, recording, options).catch(
      (error: unknown) => {
        admitted.log.warn(
          { err: error, record: admitted.signed.record },
          'a record could not be made to show its answer'
        )
      }
    )
  }
  const who = answeredBy ?? 'somebody outside this service'
  const when = answeredAt === undefined ? '' : ` on ${answeredAt}`
  throw conflict(`This step was already answered: ${who} said ${answer}${when}.`, {
    answer,
    answeredBy,
    answeredAt
  })
}
