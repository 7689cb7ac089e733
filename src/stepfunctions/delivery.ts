import { SendTaskFailureCommand, SendTaskSuccessCommand } from '@aws-sdk/client-sfn'
import type { StepFunctionsError } from './errors.ts'
import { retry } from './retry.ts'
import type { SdkClients } from './sdk.ts'

/**
 * What a reviewer's answer tells the workflow. `output` is JSON text of at most 262,144 bytes.
 * `error` has at most 256 characters, `cause` 32,768.
 */
export interface Report {
  region: string
  taskToken: string
  result: { output: string } | { error: string; cause: string }
  /** The time that the request has left, in milliseconds, where it is less than the setting. */
  timeoutMs?: number
}

/**
 * How a report ended:
 * - `accepted`: Step Functions took it;
 * - `dead`: the step no longer waits, and no earlier attempt could be the reason;
 * - `ambiguous`: the step no longer waits, and an attempt of unknown outcome may be the reason;
 * - `unknown`: an attempt's outcome is unknown, and nothing after it told more;
 * - `failed`: certainly not taken.
 */
export type Delivery =
  | { outcome: 'accepted' | 'dead' | 'ambiguous' }
  | { outcome: 'unknown' | 'failed'; cause: StepFunctionsError }

/**
 * Reports an answer. Step Functions takes one per token, so a repeated attempt can never count
 * twice. Never throws for a failure of Step Functions or of the network.
 */
export async function deliver(
  clients: SdkClients,
  { region, taskToken, result, timeoutMs = Infinity }: Report
): Promise<Delivery> {
  const tried = await retry(
    Math.min(clients.timeoutMs, timeoutMs),
    async signal =>
      await clients.call<unknown>(region, signal, async (client, options) =>
        'output' in result
          ? await client.send(new SendTaskSuccessCommand({ taskToken, ...result }), options)
          : await client.send(new SendTaskFailureCommand({ taskToken, ...result }), options)
      )
  )
  return 'error' in tried ? outcomeOf(tried.error, tried.uncertain) : { outcome: 'accepted' }
}

function outcomeOf(cause: StepFunctionsError, uncertain: boolean): Delivery {
  if (!uncertain)
    return cause.fault === 'token dead' ? { outcome: 'dead' } : { outcome: 'failed', cause }
  // Emulators call a token invalid as soon as it is used.
  return cause.fault === 'token dead' || cause.fault === 'token invalid'
    ? { outcome: 'ambiguous' }
    : { outcome: 'unknown', cause }
}
