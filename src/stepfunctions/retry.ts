import { backoff, deadline, pause } from '../wait.ts'
import { StepFunctionsError, toStepFunctionsError } from './errors.ts'

/** How a call ended after all its attempts. `uncertain`: one of them may have had its effect. */
export type Tried<T> = { value: T } | { error: StepFunctionsError; uncertain: boolean }

// Once it is known that nothing gets through, people had better repeat their request later.
const OUTAGE_MS = 1_500
const pauses = { firstMs: 100, longestMs: 1_000 }

/**
 * Calls until it succeeds, another attempt cannot help, or the time is up. The signal cuts an
 * attempt after a third of the time, so that a lost response leaves room for two more.
 * Where nothing of a call could be sent, the attempts end 1.5 s after that was first seen.
 */
export async function retry<T>(
  timeoutMs: number,
  call: (signal: AbortSignal) => Promise<T>
): Promise<Tried<T>> {
  const left = deadline(timeoutMs)
  let error = new StepFunctionsError(
    'unsent',
    'TimeoutError',
    'no time was left to ask Step Functions'
  )
  let uncertain = false
  let outage: (() => number) | undefined
  // The last sixth of the time starts no attempt: one that is sure to be cut would only make the
  // outcome uncertain.
  for (let attempt = 0; left() > 0 && left() > timeoutMs / 6; attempt++) {
    try {
      return { value: await call(AbortSignal.timeout(Math.ceil(Math.min(left(), timeoutMs / 3)))) }
    } catch (caught) {
      error = toStepFunctionsError(caught)
      uncertain ||= error.fault === 'unknown'
      if (!error.retryHelps) break
      outage = error.isOutage && !uncertain ? (outage ?? deadline(OUTAGE_MS)) : undefined
      if (outage?.() === 0) break
    }
    await pause(Math.min(backoff(pauses, attempt), left(), outage?.() ?? Infinity))
  }
  return { error, uncertain }
}
