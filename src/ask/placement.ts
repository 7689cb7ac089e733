import type { Log } from '../answer/log.ts'
import type { RecordReader } from '../answer/reading.ts'
import type { RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { Seals } from '../seal/seals.ts'
import type { StepFunctions } from '../stepfunctions/clients.ts'
import type { AskedQuestion } from './question.ts'

/** A question on its way into its record. */
export interface Placement {
  asked: AskedQuestion
  /** As the caller names it. */
  ref: RecordRef
  /** By its bucket's real id. */
  real: RecordRef
  session: KintoSession
}

export interface PlacementOptions {
  reader: RecordReader
  seals: Seals | undefined
  stepFunctions: StepFunctions
  log: Log
}

/** What became of a question that was asked. */
export type AskOutcome = 'created' | 'as it was' | 'put back' | 'sealed' | 'asked anew'
