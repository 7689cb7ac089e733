import { SendTaskHeartbeatCommand } from '@aws-sdk/client-sfn'
import { retry } from './retry.ts'
import type { SdkClients } from './sdk.ts'

/**
 * Tells Step Functions that the task of a token is still worked on (`HeartbeatSeconds`).
 * @returns false when the token is dead
 * @throws StepFunctionsError
 */
export async function sendHeartbeat(
  clients: SdkClients,
  region: string,
  taskToken: string
): Promise<boolean> {
  const tried = await retry(
    clients.timeoutMs,
    async signal =>
      await clients.call<unknown>(
        region,
        signal,
        async (client, options) =>
          await client.send(new SendTaskHeartbeatCommand({ taskToken }), options)
      )
  )
  if (!('error' in tried)) return true
  if (tried.error.fault === 'token dead') return false
  throw tried.error
}
