import type { Log } from '../log.ts'
import type { RecordReader } from '../answer/record/reader.ts'
import type { SealRules } from '../answer/record/token-field.ts'
import type { RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import type { AskedQuestion } from './question.ts'

/** A question on its way into its record. */
export interface Placement {
  asked: AskedQuestion
  /** As the caller names it. */
  ref: RecordRef
  /** With the real id of its bucket. */
  real: RecordRef
  session: KintoSession
}

export interface PlacementOptions extends SealRules {
  reader: RecordReader
  stepFunctions: StepFunctions
  log: Log
}

/** The outcome of a question that was asked. */
export type AskOutcome = 'created' | 'as it was' | 'put back' | 'sealed' | 'asked anew'
