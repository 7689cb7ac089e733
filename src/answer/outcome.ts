import type { KintoResponse } from '../kinto/client.ts'
import { conflict, gone, unavailable } from '../kinto/errors.ts'
import type { JsonObject } from '../kinto/json.ts'
import type { Activities } from './activities/activities.ts'
import type { Backlog } from './backlog.ts'
import type { Decision, KnownDecision } from './record/decision.ts'
import { saveSeenToken } from './activities/fetched-token.ts'
import type { HeldTask } from './activities/unsaved.ts'
import { fetchRecord } from '../kinto/permission.ts'
import type { RecordReader } from './record/reader.ts'
import type { Reading } from './record/reading.ts'
import { report, type ReportOptions } from './report.ts'
import type { TokenSource } from './token.ts'
import type { Admitted, Turn } from './admitted.ts'
import {
  isRecorded,
  NotRecorded,
  recordDecision,
  writersOf,
  type Recording
} from './record/update.ts'

/** An answer that the workflow got, now or before. */
export interface Taken {
  outcome: 'accepted' | 'already_applied'
  decision: Decision
  /** Kinto's answer with the record as it is now. */
  record: KintoResponse
  /** As the caller's own GET showed them. */
  permissions: JsonObject
}

export interface SettleOptions extends ReportOptions {
  activities: Activities
  /** Goes on recording after the request. */
  backlog: Backlog
  reader: RecordReader
}

/** The answer, or the need for another token: the execution runs on, and this one is dead without an answer. */
export type Settled = Taken | { outcome: 'token replaced'; deadToken: string }

/**
 * Reports an answer to its token and records it. One at a time for each record.
 * @throws Refusal 409 (answered differently), 410 (over), 503 (not reported, not known, or not recorded)
 */
export async function settle(
  turn: Turn,
  source: TokenSource,
  tools: SettleOptions
): Promise<Settled> {
  if ('decision' in source) return await repeated(turn, source.decision, undefined, tools)
  const { taskToken } = source
  const reading = 'held' in source ? await save(turn, source.held, tools) : source.reading
  const { step, ref, signed, session, timeLeft, permissions } = turn
  const reread = async (): Promise<KnownDecision | undefined> =>
    tools.reader.read(ref, (await fetchRecord(session, ref, tools.reader.bounds)).data).decision
  const finding = await report(
    {
      taskToken,
      region: step.region,
      executionArn: step.executionArn,
      ref,
      signed,
      reread,
      timeLeft
    },
    tools
  )
  if (finding === 'accepted') {
    const { answer, answeredBy, answeredAt, comment } = signed
    const decision: KnownDecision = { answer, answeredBy, answeredAt, comment, proof: 'report' }
    return {
      outcome: 'accepted',
      decision,
      record: await write(turn, { reading, taskToken, decision }, tools),
      permissions
    }
  }
  switch (finding.kind) {
    case 'answered':
      return await repeated(turn, finding.decision, taskToken, tools)
    case 'over':
      throw gone(`${finding.reason} Nobody's answer was taken for this record.`)
    case 'open':
      if (step.activityArn !== undefined) return { outcome: 'token replaced', deadToken: taskToken }
      throw gone(
        'This step is over without an answer. The workflow runs on; if it asks again, it does so with a new record or a new token.'
      )
    case 'nothing':
      throw gone(
        'The step takes no answer any more: it may have been answered elsewhere, have expired, or its workflow was stopped.'
      )
  }
}

/**
 * The token was answered before: the same answer is confirmed, another one refused. The record is made to show it either way.
 * `taskToken` is the token that was answered, where the record has one.
 */
export async function repeated(
  turn: Admitted,
  decision: KnownDecision,
  taskToken: string | undefined,
  tools: SettleOptions
): Promise<Taken> {
  const { answer, answeredBy, answeredAt } = decision
  const same = turn.signed.answer === answer
  const shown = await fetchRecord(turn.session, turn.ref, tools.reader.bounds)
  const reading = tools.reader.read(turn.ref, shown.data)
  const recording = { reading, taskToken, decision }
  const recorded = isRecorded(reading, decision)
  if (same) {
    return {
      outcome: 'already_applied',
      decision,
      record: recorded ? shown.response : await write(turn, recording, tools),
      permissions: shown.permissions
    }
  }
  if (!recorded) {
    // Once, without the patience of an answer that was taken: this caller is refused whatever comes of it.
    await write({ ...turn, timeLeft: () => 0 }, recording, tools).catch((error: unknown) => {
      turn.log.warn(
        { err: error, record: turn.signed.record },
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
  turn: Admitted,
  recording: Recording,
  { backlog, reader }: SettleOptions
): Promise<KintoResponse> {
  const { own, session, ref, log, timeLeft, signed } = turn
  const writers = writersOf(own, session, log)
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
async function save(turn: Turn, held: HeldTask, tools: SettleOptions): Promise<Reading> {
  const { own, session, ref, log, step, clientGone } = turn
  const reading = tools.reader.read(
    ref,
    (await fetchRecord(session, ref, tools.reader.bounds)).data
  )
  tools.reader.step(reading)
  requireAskedBy(reading, held, tools)
  const {
    taskToken,
    region,
    named: { seals }
  } = held
  const fetched = { taskToken, region, seals, dead: step.taskToken, reading }
  const saved = await saveSeenToken(writersOf(own, session, log), session, fetched, tools)
  if (saved === 'still waits' || saved === 'unusable')
    throw conflict(
      'The step came round again while it was answered. Look at the record, and answer again.'
    )
  if (saved instanceof NotRecorded) {
    throw unavailable(
      'The task of this record could not be saved in it, so nothing was reported. Try again.',
      { cause: saved, retryAfter: 3 }
    )
  }
  tools.activities.release(held)
  // The record may have changed up to the moment in which the token was saved.
  tools.reader.step(saved.reading)
  requireAskedBy(saved.reading, held, tools)
  // Who left while the task was waited for decides nothing; the token is there for the next caller.
  clientGone.throwIfAborted()
  return saved.reading
}

/** @throws Refusal 409 when another question stands in the record than the one that its task came for */
function requireAskedBy(reading: Reading, { named }: HeldTask, { reader }: SettleOptions): void {
  if (!reader.isAskedBy(reading, named.seals))
    throw conflict(
      'The question in this record is not the one that its workflow asked. Put it back, or ask again.'
    )
}
