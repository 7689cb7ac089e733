import { unavailable } from '../kinto/errors.ts'
import type { RecordRef } from '../kinto/paths.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import { readVerdict } from './history/history.ts'
import type { KnownDecision } from './record/decision.ts'
import type { TokenFate, TokenFates } from './token-fates.ts'
import type { Log } from '../log.ts'
import { taskResult, type SignedAnswer } from './record/task-output.ts'
import { awsRefusal } from './refusals.ts'
import { deadline, pause } from '../wait.ts'
import type { Verdict } from './history/verdict.ts'

/** One answer to one token. */
export interface Reporting {
  taskToken: string
  region: string
  executionArn: string | undefined
  ref: RecordRef
  signed: SignedAnswer
  /** Reads the decision that the record shows now. */
  reread: () => Promise<KnownDecision | undefined>
  /** Milliseconds that the request has left. */
  timeLeft: () => number
}

export interface ReportOptions {
  stepFunctions: StepFunctions
  tokenFates: TokenFates
  log: Log
}

const rereadForMs = 2_000
const pauseMs = 250

/**
 * Reports an answer to Step Functions, once. Where the token is dead, finds out why.
 * @returns 'accepted', or the fate of the token
 * @throws Refusal 400 (the token or the output was refused), 503 (not reported, or not known
 * whether it was)
 */
export async function report(
  reporting: Reporting,
  options: ReportOptions
): Promise<'accepted' | TokenFate> {
  const { taskToken, region, signed, timeLeft } = reporting
  const { stepFunctions, tokenFates, log } = options
  const known = tokenFates.of(signed.record, taskToken)
  if (known !== undefined) return known
  const delivery = await stepFunctions.deliver({
    taskToken,
    region,
    result: taskResult(signed),
    timeoutMs: timeLeft()
  })
  switch (delivery.outcome) {
    case 'accepted':
      return accepted(reporting, tokenFates)
    case 'failed':
      throw awsRefusal(delivery.cause, 'taskToken')
    case 'dead':
      return tokenFates.keep(signed.record, taskToken, await explain(reporting, options))
    case 'ambiguous':
    case 'unknown': {
      const verdict = await verify(reporting, options)
      if (verdict.kind === 'answered' && verdict.answerId === signed.answerId)
        return accepted(reporting, tokenFates)
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

function accepted({ taskToken, signed }: Reporting, tokenFates: TokenFates): 'accepted' {
  const { answer, answeredBy, answeredAt, comment } = signed
  tokenFates.keep(signed.record, taskToken, {
    kind: 'answered',
    decision: { answer, answeredBy, answeredAt, comment, proof: 'report' }
  })
  return 'accepted'
}

/**
 * Why a token was dead before this answer. The history says it, or else the record, which another
 * replica may be writing at this moment.
 */
async function explain(reporting: Reporting, options: ReportOptions): Promise<TokenFate> {
  const toReread = deadline(rereadForMs)
  for (;;) {
    // The history, too, may show an answer a moment later:
    // https://docs.aws.amazon.com/step-functions/latest/apireference/API_GetExecutionHistory.html
    const verdict = await readVerdict(reporting, options.stepFunctions, options.log)
    if (verdict.kind === 'answered' || verdict.kind === 'over') return verdict
    const decision = verdict.kind === 'unclear' ? await reporting.reread() : undefined
    if (decision !== undefined) return { kind: 'answered', decision }
    if (toReread() === 0) return verdict.kind === 'open' ? verdict : { kind: 'nothing' }
    await pause(pauseMs)
  }
}

/**
 * Searches the history for this very answer. AWS writes the history with a delay, so it is read
 * again for as long as a report may take.
 */
async function verify(reporting: Reporting, options: ReportOptions): Promise<Verdict> {
  const timeLeft = deadline(Math.min(options.stepFunctions.timeoutMs, reporting.timeLeft()))
  for (;;) {
    const verdict = await readVerdict(
      { ...reporting, timeLeft },
      options.stepFunctions,
      options.log
    )
    if (
      verdict.kind === 'answered' ||
      verdict.kind === 'over' ||
      reporting.executionArn === undefined ||
      timeLeft() < pauseMs
    )
      return verdict
    await pause(pauseMs)
  }
}
