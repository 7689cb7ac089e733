import { orRefusal, Refusal } from '../kinto/errors.ts'
import { followUp } from '../kinto/follow-up.ts'
import type { JsonObject } from '../kinto/json.ts'
import type { RecordRef } from '../kinto/paths.ts'
import { identify, mayWrite, realRef, type Caller } from '../kinto/permission.ts'
import { everyone } from '../kinto/principals.ts'
import { fetchRecord } from '../kinto/records.ts'
import type { KintoSession } from '../kinto/session.ts'
import { findVerdict, type ClearVerdict } from './find-verdict.ts'
import { judge, type JudgementOptions, type Obstacle } from './judgement.ts'
import { plainChoices, readChoices, type Choice } from './record/choices.ts'
import type { Proof } from './record/decision.ts'
import type { OverNotes } from './record/over-notes.ts'
import { isAbsent, questionOf } from './record/record.ts'
import { formOf, requestersIn } from './record/terms.ts'

/** What a reader of the record may know of its step. */
interface StepState {
  state: 'pending' | 'succeeded' | 'failed' | 'gone'
  /** Whether this caller's answer could be taken now. */
  canAnswer: boolean
  /** The label of the choice that was made. */
  choice?: string | undefined
  answeredBy?: string | undefined
  answeredAt?: string | undefined
  comment?: string | undefined
  /** What was sent for the form. */
  output?: unknown
  /** Where the decision is known from. */
  proof?: Proof
  /** What keeps this caller from answering; `reason` says the same as a sentence. */
  obstacle?: Obstacle['name'] | 'permission'
  reason?: string
  /** The answers that there are. Absent where the record's cannot be used. */
  choices?: readonly Choice[]
  /** As they stand in the record. */
  form?: unknown
  expiresAt?: unknown
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

export interface StateOptions extends JudgementOptions {
  overNotes: OverNotes
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
  const caller =
    ref.bucket === 'default' || (isWriter && dependsOnCaller(data))
      ? await identify(session, ref.version)
      : nobody
  const reading = reader.read(realRef(ref, caller), data)
  reader.observe(reading)
  const { verdict, obstacle } = isWriter
    ? await judge({ reading, caller, timeLeft }, options)
    : {
        verdict: await findVerdict({ reading, step: undefined, timeLeft }, options),
        obstacle: readsOnly
      }
  if (verdict.kind === 'over')
    options.overNotes.note(reading, { taskToken: reading.taskToken, ...verdict })
  const { changed } = reading
  const { id, last_modified: version } = data
  return {
    ...tell(verdict, data),
    canAnswer: obstacle === undefined,
    ...(obstacle && { obstacle: obstacle.name, reason: obstacle.reason }),
    ...termsIn(data),
    ...(changed.length > 0 && { changed }),
    record: { id, last_modified: version, ...questionOf(data) },
    version
  }
}

const readsOnly = {
  name: 'permission',
  reason: 'You may read this record, but you need write permission on it to answer.'
} as const

/** Who asked may not answer; and who checks a form waits for their turn. */
function dependsOnCaller(data: JsonObject): boolean {
  return requestersIn(data).length > 0 || formOf(data) !== undefined
}

// Where it makes no difference who asks.
const nobody: Caller = { principal: everyone, principals: [everyone], defaultBucket: undefined }

/** What a record asks for, as far as it can be used. */
function termsIn(data: JsonObject): Pick<StepState, 'choices' | 'form' | 'expiresAt'> {
  const { expiresAt } = data
  const choices = orRefusal(() => readChoices(data) ?? plainChoices)
  return {
    ...(!(choices instanceof Refusal) && { choices }),
    ...(formOf(data) !== undefined && { form: formOf(data) }),
    ...(!isAbsent(expiresAt) && { expiresAt })
  }
}

function tell(
  verdict: ClearVerdict,
  data: JsonObject
): Omit<StepState, 'canAnswer' | 'record' | 'version'> {
  switch (verdict.kind) {
    case 'answered': {
      const { answer, output, ...words } = verdict.decision
      const isShown = formOf(data) !== undefined && output !== undefined && 'value' in output
      return {
        state: answer === 'SUCCEED' ? 'succeeded' : 'failed',
        ...words,
        ...(isShown && { output: output.value })
      }
    }
    case 'over':
      return { state: 'gone' }
    case 'open':
      return { state: 'pending' }
  }
}
