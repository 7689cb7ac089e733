import type { JsonObject } from '../kinto/json.ts'
import type { RecordRef } from '../kinto/paths.ts'
import type { Caller } from '../kinto/permission.ts'
import type { KintoSession } from '../kinto/session.ts'
import type { Reading } from './record/reading.ts'
import type { AskedStep } from './record/reader.ts'
import type { Signature, SignedAnswer } from './record/task-output.ts'
import type { Writers } from './record/update.ts'
import type { AnswerBody } from './request.ts'

/** A client's POST to the answer endpoint. */
export interface AnswerCall {
  ref: RecordRef
  session: KintoSession
  /** Of the request, a flat list. */
  headers: readonly string[]
  readBody: () => Promise<Uint8Array>
  /** Aborted when the client has left. */
  clientGone: AbortSignal
  /** Milliseconds that the request has left. */
  timeLeft: () => number
  /** Whether there is time to wait for a task of the record's activity. */
  mayWait: boolean
}

/**
 * An answer from a caller who has proven the right to write the record. It is put together once
 * (`admission.ts`), and goes on whole. `ref` names the record by its bucket's real id.
 */
export interface AdmittedAnswer extends AnswerCall {
  request: AnswerBody
  caller: Caller
  signed: Signature
  /** The version of the record that the caller has seen, as its literal, if they named one. */
  seen: string | undefined
  /** The record as the probe showed it. */
  reading: Reading
  /** What came with the record when the caller's GET showed it. */
  shown: { headers: string[]; permissions: JsonObject }
  /** Who writes the record. */
  writers: Writers
}

/** An admitted answer that fits its record, which names a step. */
export interface AnswerToStep extends AdmittedAnswer {
  step: AskedStep
  answer: SignedAnswer
  /** A token of the record that the history has shown to be dead. A new one is waited for. */
  dead: string | undefined
}
