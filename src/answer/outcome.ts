import type { KintoResponse } from '../kinto/client.ts'
import { gone } from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'
import type { AdmittedAnswer, AnswerToStep } from './admitted.ts'
import { isSameAnswer } from './choose.ts'
import type { Decision, KnownDecision } from './record/decision.ts'
import { fetchReading } from './record/fetch-reading.ts'
import type { OverNotes } from './record/over-notes.ts'
import type { Reading } from './record/reading.ts'
import { isRecorded } from './record/recording.ts'
import { digestOf, outputOf } from './record/sent-output.ts'
import { answeredOtherwise } from './refusals.ts'
import { report, type ReportOptions } from './report.ts'
import type { AnswerBody } from './request.ts'
import { saveTask, type TaskOptions } from './save-task.ts'
import type { TokenOrDecision } from './token.ts'
import { answered } from './token-fates.ts'
import { writeDecision, type WritingOptions, type Written } from './write-decision.ts'

/** The outcome of an answer that the workflow got, now or before. */
export interface Outcome {
  outcome: 'accepted' | 'already_applied'
  decision: Decision
  /** Kinto's response with the record as it is now. */
  record: KintoResponse
  /** As a GET by the caller shows them now. */
  permissions: JsonObject
}

export interface OutcomeOptions extends ReportOptions, TaskOptions, WritingOptions {
  overNotes: OverNotes
}

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
  toStep: AnswerToStep,
  found: TokenOrDecision,
  options: OutcomeOptions
): Promise<OutcomeOrNewToken> {
  if ('decision' in found) return await answeredBefore(toStep, found.decision, undefined, options)
  const { taskToken } = found
  const reading = 'task' in found ? await saveTask(toStep, found.task, options) : found.reading
  const reported = await report(toStep, taskToken, options)
  // A token that is used need not be kept any longer, be it in its record or not.
  if ('task' in found) options.activities.release(found.task)
  switch (reported.kind) {
    case 'accepted': {
      const { decision } = reported
      const written = await writeAccepted(toStep, reading, decision, options)
      return { outcome: 'accepted', decision, ...written }
    }
    case 'answered':
      return await answeredBefore(toStep, reported.decision, taskToken, options)
    case 'over':
      options.overNotes.note(reading, { taskToken, ...reported })
      throw gone(`${reported.reason} No answer was accepted.`)
    case 'open':
      if (toStep.step.activityArn !== undefined)
        return { outcome: 'token replaced', deadToken: taskToken }
      options.overNotes.note(reading, { taskToken, reason: 'The step ended without an answer.' })
      throw gone(
        'This step ended without an answer. ' +
          'The workflow goes on; if it asks again, it uses a new record or a new token.'
      )
    case 'nothing':
      options.overNotes.note(reading, { taskToken, reason: 'The step no longer accepts answers.' })
      throw gone(
        'The step no longer accepts answers: it may have been answered elsewhere, ' +
          'it may have expired, or its workflow was stopped.'
      )
  }
}

/**
 * Writes the decision, and remembers that the record showed it: only then may it be set back for
 * the next turn. What a token that the record does not hold was used for only this process knows.
 */
async function writeAccepted(
  toStep: AnswerToStep,
  reading: Reading,
  decision: KnownDecision,
  options: OutcomeOptions
): Promise<Written> {
  const { taskToken } = reading
  const recording = { reading, taskToken, decision }
  const { record } = toStep.signed
  if (taskToken === undefined) options.tokenFates.keep(record, undefined, answered(decision))
  const written = await writeDecision(toStep, recording, options)
  options.tokenFates.keepRecorded(record, taskToken, decision)
  return written
}

/**
 * The token was answered before: the same answer is confirmed, another one is refused. In both
 * cases the record is made to show the decision. `taskToken` is the token that was answered, where
 * the record has one.
 * @throws Refusal 409 (answered differently), 503 (not recorded)
 */
export async function answeredBefore(
  admitted: AdmittedAnswer,
  decision: KnownDecision,
  taskToken: string | undefined,
  options: OutcomeOptions
): Promise<Outcome> {
  const { session, ref, signed, request } = admitted
  const { reading, permissions, response } = await fetchReading(session, ref, options.reader)
  const isSame = isSameAnswer(request, reading, decision)
  const recording = {
    reading,
    taskToken,
    decision: isSame ? withOutputOf(request, decision) : decision
  }
  const recorded = isRecorded(reading, decision)
  if (isSame) {
    const written = recorded
      ? { record: response, permissions }
      : await writeDecision(admitted, recording, options)
    options.tokenFates.keepRecorded(signed.record, taskToken, decision)
    return { outcome: 'already_applied', decision, ...written }
  }
  if (!recorded) {
    // Tried once and not repeated: this caller is refused in any case.
    try {
      await writeDecision({ ...admitted, timeLeft: () => 0 }, recording, options)
      options.tokenFates.keepRecorded(signed.record, taskToken, decision)
    } catch (error) {
      options.log.warn(
        { err: error, record: signed.record },
        'a record could not be made to show its answer'
      )
    }
  }
  throw answeredOtherwise(decision)
}

/** What was sent before is known by its digest alone, and has been sent again. */
function withOutputOf(request: AnswerBody, decision: KnownDecision): KnownDecision {
  const { output } = decision
  return output === undefined
    ? decision
    : { ...decision, output: outputOf(digestOf(output), request.output) }
}
