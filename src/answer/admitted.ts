import type { JsonObject } from '../kinto/json.ts'
import type { RecordRef } from '../kinto/paths.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { Log } from '../log.ts'
import type { SignedAnswer } from './record/task-output.ts'
import type { Reading } from './record/reading.ts'
import type { Step } from './record/record.ts'

/** A client's POST to the answer endpoint. */
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

/** An answer from a caller who has proven the right to write the record. */
export interface AdmittedAnswer extends AnswerCall {
  signed: SignedAnswer
  /** The record as the probe showed it. */
  reading: Reading
  /** As a GET by the caller showed them. */
  permissions: JsonObject
  serviceAccount: KintoSession | undefined
  log: Log
}

/** An admitted answer whose record names a step. */
export interface AnswerToStep extends AdmittedAnswer {
  step: Step
}
