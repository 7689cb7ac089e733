import type { Dispatcher } from 'undici'
import type { Account } from '../stage/kinto.ts'

export interface Request {
  /** The report counts it under this name. */
  kind: string
  method: Dispatcher.HttpMethod
  /** With `/v1/` or without it. */
  path: string
  /** No credentials by default. */
  user?: Account
  headers?: Record<string, string>
  /** Sent as JSON; a stream as it is. */
  body?: object | AsyncIterable<Uint8Array>
  /** All statuses that are right. While a part is away 503 is right too. */
  expected: readonly number[]
  /** Milliseconds after which the client gives up and leaves. */
  leaveAfter?: number
  /** Reads the response piece by piece, with pauses. */
  slowly?: boolean
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** Undefined if the text is no JSON. */
  body: any
}

/** The client has left; or the response was cut off, because Kinto or the service died. */
export type Outcome = Answer | 'left' | 'cut'

/** Whether the outcome tells for certain what the request did. */
export function isDefinite(outcome: Outcome): outcome is Answer {
  return typeof outcome !== 'string' && outcome.status !== 503 && !isConflict(outcome)
}

/** Whether Kinto asks to repeat a write, since it met another one in PostgreSQL. */
export function isConflict({ status, body }: Pick<Answer, 'status' | 'body'>): boolean {
  return status === 409 && String(body?.message).startsWith('Integrity constraint violated')
}
