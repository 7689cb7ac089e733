import { forbidden, gone, orRefusal, Refusal } from '../kinto/errors.ts'
import type { Caller } from '../kinto/permission.ts'
import { everyone } from '../kinto/principals.ts'
import type { JsonObject } from '../kinto/json.ts'
import type { KnownDecision } from './record/decision.ts'
import type { AskedStep } from './record/reader.ts'
import type { Reading } from './record/reading.ts'
import { requestersIn } from './record/terms.ts'
import { answeredOtherwise, unconfirmed } from './refusals.ts'
import { checkForm, type FormOptions } from './form.ts'
import { findVerdict, type ClearVerdict, type VerdictOptions } from './find-verdict.ts'

/**
 * What keeps a caller who may write a record from answering it. `reason` is a sentence for them,
 * `refusal` what POST says.
 */
export type Obstacle = { reason: string; refusal: Refusal } & (
  | { name: 'answered'; decision: KnownDecision }
  | { name: 'requester' | 'record' | 'changed' | 'over' }
)

export interface Judgement {
  verdict: ClearVerdict
  /** The first that holds. */
  obstacle: Obstacle | undefined
}

export interface JudgementOptions extends VerdictOptions, FormOptions {}

/** A caller who may write a record, and the record as they may answer it. */
export interface Judged {
  reading: Reading
  caller: Caller
  /** Milliseconds that the request has left. */
  timeLeft: () => number
}

/**
 * Judges whether a caller who may write a record can answer it now. GET tells this; POST asks the
 * same, so that both agree. Step Functions is asked.
 * @throws Refusal 503 when the form cannot be looked at
 */
export async function judge(judged: Judged, options: JudgementOptions): Promise<Judgement> {
  const { reading, caller } = judged
  const step = await usableStep(judged, options)
  const verdict = await findVerdict({ ...judged, step }, options)
  const obstacle =
    requesterObstacle(reading.data, caller) ??
    answeredObstacle(reading, step, verdict) ??
    stepObstacle(step) ??
    overObstacle(verdict) ??
    unconfirmedObstacle(reading, step)
  return { verdict, obstacle }
}

/**
 * 403 for a requester, or a member of a group that is named as one. Where a requester is named also
 * for anonymous callers: a requester could log out.
 * @returns undefined for all others
 */
export function refuseRequester(record: JsonObject, caller: Caller): Refusal | undefined {
  const requesters = requestersIn(record)
  if (requesters.length === 0) return undefined
  if (requesters.some(name => caller.principals.includes(name)))
    return forbidden('You asked for this yourself, so somebody else has to answer it.')
  return caller.principal === everyone
    ? forbidden('Who asked for this must not answer it, so you have to log in to answer.')
    : undefined
}

/**
 * The step of a record that can be answered, or why none can: 400 for a field, the form included,
 * 409 for a question that was changed.
 * @throws Refusal 503 when the form cannot be looked at
 */
export async function usableStep(
  { reading, caller }: Pick<Judged, 'reading' | 'caller'>,
  options: JudgementOptions
): Promise<AskedStep | Refusal> {
  const step = orRefusal(() => options.reader.step(reading))
  if (step instanceof Refusal && !isOfChange(step)) return step
  return (await checkForm(reading.data, caller, options)) ?? step
}

function isOfChange({ problem: { status } }: Refusal): boolean {
  return status === 409
}

function requesterObstacle(record: JsonObject, caller: Caller): Obstacle | undefined {
  const refusal = refuseRequester(record, caller)
  return refusal && { name: 'requester', reason: refusal.message, refusal }
}

/** What a record says of itself, and nothing confirms, counts only where the record can be used. */
function answeredObstacle(
  { taskToken, data }: Reading,
  step: AskedStep | Refusal,
  verdict: ClearVerdict
): Obstacle | undefined {
  if (verdict.kind !== 'answered') return undefined
  const { decision } = verdict
  const isProven = decision.proof !== 'record'
  if (!isProven && step instanceof Refusal) return undefined
  if (!isProven && taskToken === undefined) {
    const refusal = unconfirmed(data['status'])
    return { name: 'answered', decision, reason: refusal.message, refusal }
  }
  const reason = 'This step was already answered.'
  return { name: 'answered', decision, reason, refusal: answeredOtherwise(decision) }
}

function stepObstacle(step: AskedStep | Refusal): Obstacle | undefined {
  if (!(step instanceof Refusal)) return undefined
  const name = isOfChange(step) ? 'changed' : 'record'
  return { name, reason: step.message, refusal: step }
}

function overObstacle(verdict: ClearVerdict): Obstacle | undefined {
  if (verdict.kind !== 'over') return undefined
  const { reason } = verdict
  return { name: 'over', reason, refusal: gone(`${reason} No answer was accepted.`) }
}

/** A record that is decided needs no token. Where its step waits all the same, it lacks one. */
function unconfirmedObstacle({ data }: Reading, step: AskedStep | Refusal): Obstacle | undefined {
  if (step instanceof Refusal || (step.taskToken ?? step.activityArn) !== undefined)
    return undefined
  const refusal = unconfirmed(data['status'])
  return { name: 'record', reason: refusal.message, refusal }
}
