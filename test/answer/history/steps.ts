import { taskResult, type SignedAnswer } from '../../../src/answer/record/task-output.ts'
import { recordUri } from '../../../src/kinto/paths.ts'
import type { StepResult, WaitingStep } from '../../../src/stepfunctions/waiting-steps.ts'

/** The record that was answered. */
export const ref = {
  version: 'v1',
  bucket: 'b',
  collection: 'c',
  record: '111715b1-5bc4-4083-8756-e7477c256d30'
}
/** Another record. */
export const other = { ...ref, record: '222715b1-5bc4-4083-8756-e7477c256d30' }
/** The time of each result. */
export const at = new Date('2026-11-22T10:00:00Z')
const signed: SignedAnswer = {
  answer: 'SUCCEED',
  comment: undefined,
  error: undefined,
  answeredBy: 'account:alice',
  answeredAt: at.toISOString(),
  record: recordUri(ref),
  version: 1,
  answerId: 'id-1'
}
/** The result of a task that somebody succeeded past the service. */
export const foreign: StepResult = { kind: 'succeeded', output: '{}', at }
/** The result of a task that expired. */
export const timedOut: StepResult = { kind: 'timed out', at }

/** The result of a task that this service answered. */
export function ours(change: Partial<SignedAnswer> = {}): StepResult {
  const result = taskResult({ ...signed, ...change })
  return 'output' in result
    ? { kind: 'succeeded', output: result.output, at }
    : { kind: 'failed', error: result.error, cause: result.cause, waited: true, at }
}

/** A step with this result. Its input names these records. */
export function step(result: StepResult | undefined, ...named: string[]): WaitingStep {
  return { input: named.length === 0 ? undefined : JSON.stringify(named), result }
}
