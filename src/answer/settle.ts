import type { KintoAnswer } from '../kinto/client.ts'
import { conflict, gone, unavailable } from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'
import type { Activities } from './activities.ts'
import type { Backlog } from './backlog.ts'
import type { Decision } from './decision.ts'
import { fetchRecord } from './permission.ts'
import { readDecision } from './record.ts'
import { report, type ReportOptions } from './report.ts'
import type { TokenSource } from './token.ts'
import type { Turn } from './turn.ts'
import { NotRecorded, recordDecision, saveToken } from './update.ts'

/** An answer that the workflow got, now or before. */
export interface Taken {
  outcome: 'accepted' | 'already_applied'
  decision: Decision
  /** Kinto's answer with the record as it is now. */
  record: KintoAnswer
  /** As the caller's own GET showed them. */
  permissions: JsonObject
}

export interface SettleOptions extends ReportOptions {
  activities: Activities
  /** Goes on recording where there is an own account to do it. */
  backlog: Backlog | undefined
}

/** Goes on recording a decision after its request. */
type Later = ((decision: Decision) => void) | undefined

/** The answer, or the need for another token: the execution runs on, and this one is dead without an answer. */
export type Settled = Taken | { outcome: 'token replaced', deadToken: string }

/**
 * Reports an answer to its token and records it. One at a time for each record.
 * @throws Refusal 409 (answered differently), 410 (over), 503 (not reported, not known, or not recorded)
 */
export async function settle (turn: Turn, source: TokenSource, tools: SettleOptions): Promise<Settled> {
  if ('decision' in source) return await repeated(turn, source.decision, undefined)
  const { taskToken, held } = source
  if (held !== undefined && tools.activities.holds(held)) {
    await save(turn, taskToken)
    tools.activities.release(held)
    // Who left while the task was waited for decides nothing; the token is there for the next caller.
    turn.clientGone.throwIfAborted()
  }
  const { step, ref, signed, session, timeLeft } = turn
  const reread = async (): Promise<Decision | undefined> => readDecision((await fetchRecord(session, ref)).data)
  const later = (decision: Decision): void => { tools.backlog?.add({ ref, taskToken, decision }) }
  const finding = await report({ taskToken, region: step.region, executionArn: step.executionArn, ref, signed, reread, timeLeft }, tools)
  if (finding === 'accepted') {
    const { answer, answeredBy, answeredAt, comment } = signed
    const decision = { answer, answeredBy, answeredAt, comment }
    return { outcome: 'accepted', decision, record: await write(turn, decision, turn.data, later), permissions: turn.permissions }
  }
  switch (finding.kind) {
    case 'answered':
      return await repeated(turn, finding.decision, later)
    case 'over':
      throw gone(`${finding.reason} Nobody's answer was taken for this record.`)
    case 'open':
      if (step.activityArn !== undefined) return { outcome: 'token replaced', deadToken: taskToken }
      throw gone('This step is over without an answer. The workflow runs on; if it asks again, it does so with a new record or a new token.')
    case 'nothing':
      throw gone('The step takes no answer any more: it may have been answered elsewhere, have expired, or its workflow was stopped.')
  }
}

/** The token was answered before: the same answer is confirmed, another one refused. The record is made to show it either way. */
async function repeated (turn: Turn, decision: Decision, later: Later): Promise<Taken> {
  const { answer, answeredBy, answeredAt } = decision
  const same = turn.signed.answer === answer
  const shown = await fetchRecord(turn.session, turn.ref)
  const recorded = readDecision(shown.data)?.answer === answer
  if (same) {
    return { outcome: 'already_applied', decision, record: recorded ? shown.answer : await write(turn, decision, shown.data, later), permissions: shown.permissions }
  }
  if (!recorded) {
    // Once, without the patience of an answer that was taken: this caller is refused whatever comes of it.
    await write({ ...turn, timeLeft: () => 0 }, decision, shown.data, later).catch((error: unknown) => {
      turn.log.warn({ err: error, record: turn.signed.record }, 'a record could not be made to show its answer')
    })
  }
  throw conflict(`This step was already answered: ${answeredBy ?? 'somebody outside this service'} said ${answer}${answeredAt === undefined ? '' : ` on ${answeredAt}`}.`, { answer, answeredBy, answeredAt })
}

async function write (turn: Turn, decision: Decision, before: JsonObject, later: Later): Promise<KintoAnswer> {
  const { own, session, ref, log, timeLeft, signed } = turn
  const outcome = await recordDecision({ own, caller: session, log }, ref, decision, before, timeLeft)
  if (!(outcome instanceof NotRecorded)) return outcome
  log.error({ err: outcome, record: signed.record, answer: decision.answer }, 'Step Functions took an answer that Kinto could not record')
  if (outcome.refused === undefined) later?.(decision)
  throw unavailable('The workflow got the answer, but it could not be recorded here. Repeat the request to record it: it is not reported twice.', {
    details: { reported: 'yes' }, cause: outcome, ...outcome.refused === 403 || outcome.refused === 404 ? {} : { retryAfter: 3 }
  })
}

async function save (turn: Turn, taskToken: string): Promise<void> {
  const outcome = await saveToken({ own: turn.own, caller: turn.session, log: turn.log }, turn.ref, taskToken)
  if (outcome instanceof NotRecorded) {
    throw unavailable('The task of this record could not be saved in it, so nothing was reported. Try again.', { cause: outcome, retryAfter: 3 })
  }
}
