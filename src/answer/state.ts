import type { JsonObject } from '../kinto/json.ts'
import type { RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import { consult } from './consult.ts'
import type { Log } from './log.ts'
import { fetchRecord, identify, mayWrite, realRef } from './permission.ts'
import { readDecision, readStep, type ArnPolicy, type Step } from './record.ts'
import type { Verdict } from './verdict.ts'

/** What a reader of the record may know of its step. */
export interface StepState {
  state: 'pending' | 'succeeded' | 'failed' | 'gone'
  /** Whether this caller's answer could be taken now. */
  canAnswer: boolean
  answeredBy?: string | undefined
  answeredAt?: string | undefined
  comment?: string | undefined
  /** Why the step is gone, for people. */
  reason?: string
}

export interface StateOptions {
  stepFunctions: StepFunctions
  policy: ArnPolicy
  log: Log
}

/**
 * Tells how a record's step stands, and decides nothing. Whoever may read the record may ask; Step Functions is asked for
 * writers only, and what its history says goes before the record's `status`.
 * @throws KintoAnswered when Kinto does not show the record, to be relayed; Refusal 503
 */
export async function readState (session: KintoSession, ref: RecordRef, timeLeft: () => number, { stepFunctions, policy, log }: StateOptions): Promise<StepState> {
  const { data } = await fetchRecord(session, ref)
  const writer = await mayWrite(session, ref)
  const known = ref.bucket === 'default' ? realRef(ref, await identify(session, ref.version)) : ref
  const step = usableStep(data, policy)
  const verdict: Verdict = writer && step !== undefined
    ? await consult({ executionArn: step.executionArn, region: step.region, ref: known, taskToken: step.taskToken, timeLeft }, stepFunctions, log)
    : { kind: 'unclear' }
  if (verdict.kind === 'over') return { state: 'gone', canAnswer: false, reason: verdict.reason }
  const decision = verdict.kind === 'answered' ? verdict.decision : readDecision(data)
  if (decision === undefined || verdict.kind === 'open') return { state: 'pending', canAnswer: writer && step !== undefined }
  const { answer, ...who } = decision
  return { state: answer === 'SUCCEED' ? 'succeeded' : 'failed', canAnswer: false, ...who }
}

function usableStep (data: JsonObject, policy: ArnPolicy): Step | undefined {
  try {
    return readStep(data, policy)
  } catch {
    return undefined
  }
}
