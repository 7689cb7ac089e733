import { orRefusal, Refusal } from '../kinto/errors.ts'
import { followUp } from '../kinto/follow-up.ts'
import type { JsonObject } from '../kinto/json.ts'
import type { RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import { isAskedAgain } from './history/asked-again.ts'
import { readVerdict } from './history/history.ts'
import type { Proof } from './record/decision.ts'
import { livenessOf } from '../stepfunctions/liveness.ts'
import type { Log } from '../log.ts'
import { identify, mayWrite, realRef } from '../kinto/permission.ts'
import { fetchRecord } from '../kinto/records.ts'
import type { OverNotes } from './record/over-notes.ts'
import type { RecordReader } from './record/reader.ts'
import { isDecided, type Reading } from './record/reading.ts'
import { questionOf, type Step } from './record/record.ts'
import type { Verdict } from './history/verdict.ts'

/** What a reader of the record may know of its step. */
interface StepState {
  state: 'pending' | 'succeeded' | 'failed' | 'gone'
  /** Whether this caller's answer could be taken now. */
  canAnswer: boolean
  answeredBy?: string | undefined
  answeredAt?: string | undefined
  comment?: string | undefined
  /** Where the decision is known from. */
  proof?: Proof
  /** What keeps this caller from answering; `reason` says the same as a sentence. */
  obstacle?: 'permission' | 'answered' | 'record' | 'changed' | 'over'
  reason?: string
  /** The fields that are not as they were asked. */
  changed?: string[]
  /**
   * The question, from the same reading as the verdict: what is shown with `canAnswer` is what was
   * asked.
   */
  record: JsonObject
  /** Its `last_modified`, for `If-Match`. */
  version: unknown
}

export interface StateOptions {
  stepFunctions: StepFunctions
  reader: RecordReader
  overNotes: OverNotes
  log: Log
}

/** A client's GET of the answer endpoint. */
export interface StateCall {
  ref: RecordRef
  session: KintoSession
  /** Milliseconds that the request has left. */
  timeLeft: () => number
}

/** The state of a record's step, and the headers of Kinto's response that showed the record. */
export interface ShownState {
  state: StepState
  headers: string[]
}

/**
 * Tells the state of a record's step, and decides nothing. Everybody who may read the record may
 * ask. Step Functions is asked only for callers who may write it, and the history goes before the
 * record's `status`.
 * @throws KintoRefusal (to be relayed) when Kinto does not show the record, Refusal 503; within
 * FollowUpFailed once Kinto has responded
 */
export async function readState(call: StateCall, options: StateOptions): Promise<ShownState> {
  const { data, response } = await fetchRecord(call.session, call.ref, options.reader.bounds)
  const state = await followUp(response, () => stateOf(call, data, options))
  return { state, headers: response.headers }
}

async function stateOf(
  { session, ref, timeLeft }: StateCall,
  data: JsonObject,
  options: StateOptions
): Promise<StepState> {
  const { reader } = options
  const isWriter = await mayWrite(session, ref)
  const real = ref.bucket === 'default' ? realRef(ref, await identify(session, ref.version)) : ref
  const reading = reader.read(real, data)
  reader.observe(reading)
  const step = orRefusal(() => reader.step(reading))
  const verdict = await judgeStep(reading, isWriter, step, timeLeft, options)
  if (verdict.kind === 'over')
    options.overNotes.note(reading, { taskToken: reading.taskToken, ...verdict })
  const { changed } = reading
  const { id, last_modified: version } = data
  const shown = {
    ...(changed.length > 0 && { changed }),
    record: { id, last_modified: version, ...questionOf(data) },
    version
  }
  const told = { ...tell(verdict, step), ...shown }
  return isWriter
    ? told
    : {
        ...told,
        canAnswer: false,
        obstacle: 'permission',
        reason: 'You may read this record, but you need write permission on it to answer.'
      }
}

const open: Verdict & { kind: 'open' } = { kind: 'open', before: [] }

type Told = Omit<StepState, 'changed' | 'record' | 'version'>

function tell(verdict: Exclude<Verdict, { kind: 'unclear' }>, step: Step | Refusal): Told {
  switch (verdict.kind) {
    case 'answered': {
      const { answer, ...who } = verdict.decision
      return {
        state: answer === 'SUCCEED' ? 'succeeded' : 'failed',
        canAnswer: false,
        ...who,
        obstacle: 'answered',
        reason: 'This step was already answered.'
      }
    }
    case 'over':
      return {
        state: 'gone',
        canAnswer: false,
        ...(unusable(step) ?? { obstacle: 'over', reason: verdict.reason })
      }
    case 'open':
      return { state: 'pending', canAnswer: !(step instanceof Refusal), ...unusable(step) }
  }
}

function unusable(step: Step | Refusal): Pick<StepState, 'obstacle' | 'reason'> | undefined {
  if (!(step instanceof Refusal)) return undefined
  return { obstacle: step.problem.status === 409 ? 'changed' : 'record', reason: step.message }
}

/**
 * Judges by the receipt; else, for writers, by the history or by whether the token is alive; else
 * by the `status` of a record in clear. A step that came round again, and a record whose `status`
 * was set back for it, wait: only writers are told, since only for them the history is read.
 */
async function judgeStep(
  reading: Reading,
  isWriter: boolean,
  step: Step | Refusal,
  timeLeft: () => number,
  { reader, stepFunctions, log }: StateOptions
): Promise<Exclude<Verdict, { kind: 'unclear' }>> {
  const { ref, taskToken, decision, isAsked } = reading
  if (decision?.proof === 'receipt') {
    const options = { reader, stepFunctions, log }
    return isWriter && (await isAskedAgain(reading, decision, timeLeft, options))
      ? open
      : { kind: 'answered', decision }
  }
  const execution = isWriter ? reader.execution(reading) : undefined
  if (execution !== undefined) {
    const query = { ...execution, ref, taskToken, isDecided: isDecided(reading), timeLeft }
    const verdict = await readVerdict(query, stepFunctions, log)
    if (verdict.kind !== 'unclear') return verdict
  }
  const mayAsk = isWriter && (isAsked || decision !== undefined) && !(step instanceof Refusal)
  const liveness =
    mayAsk && taskToken !== undefined
      ? await livenessOf(taskToken, step.region, stepFunctions, log)
      : 'unknown'
  if (decision !== undefined && liveness !== 'alive') return { kind: 'answered', decision }
  return liveness === 'dead'
    ? { kind: 'over', reason: 'The step no longer accepts answers.' }
    : open
}
