import { recordUri, type RecordRef } from '../../kinto/paths.ts'
import type { WaitingStep } from '../../stepfunctions/waiting-steps.ts'
import { namedRecords, namesRecord } from '../record/match.ts'

/** Whether a step asks for this record and for no other. */
export function isTurnOf(ref: RecordRef): (step: WaitingStep) => boolean {
  return ({ input }) => {
    const { uris, ids } = namedRecords(input, () => true)
    return uris.size + ids.size === 1 && (uris.has(recordUri(ref)) || ids.has(ref.record))
  }
}

/** Whether a step names a record that is not this one. */
export function namesAnother({ input }: WaitingStep, ref: RecordRef): boolean {
  const { uris, ids } = namedRecords(input, () => true)
  return (
    [...uris.keys()].some(uri => uri !== recordUri(ref)) || [...ids].some(id => id !== ref.record)
  )
}

/**
 * Whether an answer from elsewhere to this step is one to this record: the input names it and no
 * other, or all of the history is known, and nothing speaks against it.
 */
export function isFor(
  step: WaitingStep,
  ref: RecordRef,
  { complete, isOnly }: { complete: boolean; isOnly: boolean }
): boolean {
  return (
    !namesAnother(step, ref) &&
    // Where the history was cut, its oldest step has lost its input.
    ((complete && (isOnly || step.input === undefined)) ||
      namesRecord(
        namedRecords(step.input, () => true),
        ref
      ))
  )
}
