import type { JsonObject } from '../kinto/json.ts'
import type { RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { Log } from '../log.ts'
import type { SignedAnswer } from './record/task-output.ts'
import type { Reading } from './record/reading.ts'
import type { Step } from './record/record.ts'

/** A client's POST, as a value. */
export interface AnswerCall {
  ref: RecordRef
  session: KintoSession
  readBody: () => Promise<Uint8Array>
  /** The values of the request's `If-Match` headers. */
  ifMatch: readonly string[]
  /** Aborted when the client has left. */
  clientGone: AbortSignal
  /** Milliseconds that the request has left. */
  timeLeft: () => number
  /** Whether there is time to wait for a task of the record's activity. */
  mayWait: boolean
}

/** An answer whose caller and record are proven. */
export interface AdmittedAnswer extends AnswerCall {
  signed: SignedAnswer
  /** The record as the probe showed it. */
  reading: Reading
  /** As the caller's own GET showed them. */
  permissions: JsonObject
  serviceAccount: KintoSession | undefined
  log: Log
}

/** An admitted answer to a step: what all further steps work on. */
export interface AnswerToStep extends AdmittedAnswer {
  step: Step
}
