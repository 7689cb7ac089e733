import { unavailable } from '../kinto/errors.ts'
import type { Log } from '../log.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import { deadline, pause } from '../wait.ts'
import type { AnswerToStep } from './admitted.ts'
import { readVerdict } from './history/history.ts'
import type { Verdict } from './history/verdict.ts'
import type { KnownDecision } from './record/decision.ts'
import { fetchReading } from './record/fetch-reading.ts'
import type { RecordReader } from './record/reader.ts'
import { taskResult } from './record/task-output.ts'
import { awsRefusal } from './refusals.ts'
import type { TokenFate, TokenFates } from './token-fates.ts'

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
  const { signed, step, timeLeft } = toStep
  const { stepFunctions, tokenFates, log } = options
  const known = tokenFates.of(signed.record, taskToken)
  if (known !== undefined) return known
  const delivery = await stepFunctions.deliver({
    taskToken,
    region: step.region,
    result: taskResult(signed),
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
      // An answer of an earlier turn of the step proves nothing about a token that may be alive.
      if (
        verdict.kind === 'over' ||
        (verdict.kind === 'answered' && delivery.outcome === 'ambiguous')
      )
        return tokenFates.keep(signed.record, taskToken, verdict)
      log.warn(
        { record: signed.record, answer: signed.answer, outcome: delivery.outcome },
        'it is not known whether Step Functions took an answer'
      )
      throw unavailable(
        'It is not known whether Step Functions accepted the answer. ' +
          'You can safely repeat the request: an answer is accepted only once.',
        { details: { reported: 'unknown' }, retryAfter: 5 }
      )
    }
  }
}

function accepted(
  { signed }: AnswerToStep,
  taskToken: string,
  { tokenFates }: ReportOptions
): Reported {
  const { answer, answeredBy, answeredAt, comment } = signed
  const decision: KnownDecision = { answer, answeredBy, answeredAt, comment, proof: 'report' }
  tokenFates.keep(signed.record, taskToken, { kind: 'answered', decision })
  return { kind: 'accepted', decision }
}

/**
 * Why a token was dead before this answer. The history says it, or else the record, which another
 * replica may be writing at this moment.
 */
async function explain(
  { step, ref, session, timeLeft }: AnswerToStep,
  taskToken: string,
  { stepFunctions, reader, log }: ReportOptions
): Promise<TokenFate> {
  const toReread = deadline(rereadForMs)
  for (;;) {
    // The history, too, may show an answer a moment later:
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
    const verdict = await readVerdict({ ...step, ref, taskToken, timeLeft }, stepFunctions, log)
    if (verdict.kind === 'answered' || verdict.kind === 'over') return verdict
    if (verdict.kind === 'unclear') {
      const { decision } = (await fetchReading(session, ref, reader)).reading
      if (decision !== undefined) return { kind: 'answered', decision }
    }
    if (toReread() === 0) return verdict.kind === 'open' ? verdict : { kind: 'nothing' }
    await pause(pauseMs)
  }
}

/**
 * Searches the history for this very answer. AWS writes the history with a delay, so it is read
 * again for as long as a report may take.
 */
async function verify(
  { step, ref, timeLeft: requestLeft }: AnswerToStep,
  taskToken: string,
  { stepFunctions, log }: ReportOptions
): Promise<Verdict> {
  const timeLeft = deadline(Math.min(stepFunctions.timeoutMs, requestLeft()))
  for (;;) {
    const verdict = await readVerdict({ ...step, ref, taskToken, timeLeft }, stepFunctions, log)
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
