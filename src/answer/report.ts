import { unavailable } from '../kinto/errors.ts'
import type { Log } from '../log.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import { deadline, pause } from '../wait.ts'
import type { AnswerToStep } from './admitted.ts'
import { isAskedAgain } from './history/asked-again.ts'
import { readVerdict } from './history/history.ts'
import type { Verdict } from './history/verdict.ts'
import type { KnownDecision } from './record/decision.ts'
import { fetchReading } from './record/fetch-reading.ts'
import type { RecordReader } from './record/reader.ts'
import { isDecided } from './record/reading.ts'
import { hasShown } from './record/recording.ts'
import { taskResult } from './record/task-output.ts'
import { formOf } from './record/terms.ts'
import { awsRefusal } from './refusals.ts'
import { answered, type TokenFate, type TokenFates } from './token-fates.ts'

export interface ReportOptions {
  stepFunctions: StepFunctions
  tokenFates: TokenFates
  reader: RecordReader
  log: Log
}

/** The result of a report: Step Functions took the answer, or the token was dead before. */
export type Reported = { kind: 'accepted'; decision: KnownDecision } | TokenFate

const rereadForMs = 2_000
const pauseMs = 250

/**
 * Reports an answer to Step Functions, once. Where the token is dead, finds out why.
 * @throws Refusal 400 (the token or the output was refused), 503 (not reported, or not known
 * whether it was)
 */
export async function report(
  toStep: AnswerToStep,
  taskToken: string,
  options: ReportOptions
): Promise<Reported> {
  const { signed, answer, step, timeLeft } = toStep
  const { stepFunctions, tokenFates, log } = options
  const known = tokenFates.of(signed.record, taskToken)
  if (known?.kind === 'answered' && (await isForNextTurn(toStep, taskToken, known, options)))
    return { kind: 'open' }
  if (known !== undefined) return known
  const delivery = await stepFunctions.deliver({
    taskToken,
    region: step.region,
    result: taskResult(answer),
    timeoutMs: timeLeft()
  })
  switch (delivery.outcome) {
    case 'accepted':
      return accepted(toStep, taskToken, options)
    case 'failed':
      throw awsRefusal(delivery.cause, 'taskToken')
    case 'dead':
      return tokenFates.keep(signed.record, taskToken, await explain(toStep, taskToken, options))
    case 'ambiguous':
    case 'unknown': {
      const verdict = await verify(toStep, taskToken, options)
      if (verdict.kind === 'answered' && verdict.answerId === signed.answerId)
        return accepted(toStep, taskToken, options)
      // Somebody else's answer proves nothing about a token that may be alive.
      if (
        verdict.kind === 'over' ||
        (verdict.kind === 'answered' && delivery.outcome === 'ambiguous')
      )
        return tokenFates.keep(
          signed.record,
          taskToken,
          verdict.kind === 'over' ? verdict : answered(verdict.decision)
        )
      log.warn(
        { record: signed.record, answer: answer.answer, outcome: delivery.outcome },
        'it is not known whether Step Functions took an answer'
      )
      tokenFates.keepUnsure(signed.record, taskToken, signed.answerId)
      throw unavailable(
        'It is not known whether Step Functions accepted the answer. ' +
          'You can safely repeat the request: an answer is accepted only once.',
        { details: { reported: 'unknown' }, retryAfter: 5 }
      )
    }
  }
}

function accepted(
  { signed, answer: sent, reading: { data } }: AnswerToStep,
  taskToken: string,
  { tokenFates }: ReportOptions
): Reported {
  const { answer, choice, answeredBy, answeredAt, comment, output } = sent
  const decision: KnownDecision = {
    answer,
    choice,
    answeredBy,
    answeredAt,
    comment,
    output: formOf(data) === undefined || output === undefined ? undefined : { value: output },
    proof: 'report'
  }
  tokenFates.keep(signed.record, taskToken, answered(decision))
  return { kind: 'accepted', decision }
}

/**
 * Whether an answer to an activity's step, which came after its token was answered, is for the next
 * turn: the record still holds the old token, has shown its answer, and waits once more. An answer
 * that came before that is a second click. A record that never showed the answer was not set back:
 * the answer that comes then repeats the first one, which could not be recorded.
 */
async function isForNextTurn(
  { step, ref, session, signed, timeLeft }: AnswerToStep,
  taskToken: string,
  { decision, since, isRecorded }: TokenFate & { kind: 'answered' },
  options: ReportOptions
): Promise<boolean> {
  if (step.activityArn === undefined || signed.answeredAt <= since) return false
  const { reading } = await fetchReading(session, ref, options.reader)
  return (
    reading.taskToken === taskToken &&
    (isRecorded === true || hasShown(reading, decision)) &&
    (await isAskedAgain(reading, decision, timeLeft, options))
  )
}

/**
 * Why a token was dead before this answer. The history says it, or else the record, which another
 * replica may be writing at this moment. Where the step came round again, the record's old token is
 * that of the turn before: if its answer was never shown, it is told now.
 */
async function explain(
  { step, ref, session, signed, timeLeft }: AnswerToStep,
  taskToken: string,
  { stepFunctions, tokenFates, reader, log }: ReportOptions
): Promise<TokenFate> {
  const answerIds = tokenFates.unsureOf(signed.record, taskToken)
  const toReread = deadline(rereadForMs)
  for (;;) {
    // The history, too, may show an answer a moment later:
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
    const { reading } = await fetchReading(session, ref, reader)
    const query = { ...step, ref, taskToken, isDecided: isDecided(reading), answerIds, timeLeft }
    const verdict = await readVerdict(query, stepFunctions, log)
    if (verdict.kind === 'over') return verdict
    const decision = verdict.kind === 'answered' ? verdict.decision : reading.decision
    if (decision !== undefined && verdict.kind !== 'open') return answered(decision)
    if (toReread() === 0) {
      if (verdict.kind !== 'open') return { kind: 'nothing' }
      const { last } = verdict
      const isOfToken = last !== undefined && reading.taskToken === taskToken
      return isOfToken && !hasShown(reading, last) ? answered(last) : { kind: 'open' }
    }
    await pause(pauseMs)
  }
}

/**
 * Searches the history for this very answer, also where the step has come round again since. Any
 * other answer counts only for the turn that the record waits for, as it did for the caller. AWS
 * writes the history with a delay, so it is read again for as long as a report may take.
 */
async function verify(
  { step, ref, reading, signed, timeLeft: requestLeft }: AnswerToStep,
  taskToken: string,
  { stepFunctions, log }: ReportOptions
): Promise<Verdict> {
  const timeLeft = deadline(Math.min(stepFunctions.timeoutMs, requestLeft()))
  for (;;) {
    const answerIds = [signed.answerId]
    const query = { ...step, ref, taskToken, isDecided: isDecided(reading), answerIds, timeLeft }
    const verdict = await readVerdict(query, stepFunctions, log)
    if (
      verdict.kind === 'answered' ||
      verdict.kind === 'over' ||
      step.executionArn === undefined ||
      timeLeft() < pauseMs
    )
      return verdict
    await pause(pauseMs)
  }
}
