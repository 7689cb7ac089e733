import { SendTaskSuccessCommand } from '@aws-sdk/client-sfn'
import type { Test } from 'tap'
import { SdkClients, type StepFunctionsSettings } from '../../src/stepfunctions/sdk.ts'
import { credentials, region } from '../helpers/step-functions.ts'

/** Clients with credentials, closed with the test. */
export function clientsOf(t: Test, settings: Partial<StepFunctionsSettings>): SdkClients {
  const clients = new SdkClients({ timeoutMs: 3000, credentials, ...settings })
  t.teardown(() => {
    clients.close()
  })
  return clients
}

/** Reports SUCCEED, with one call. */
export async function send(
  clients: SdkClients,
  taskToken: string,
  from = region,
  ms = 1000
): Promise<unknown> {
  return await clients.call<unknown>(
    from,
    AbortSignal.timeout(ms),
    async (client, options) =>
      await client.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }), options)
  )
}

/** The error that a call fails with. */
export async function failure(call: Promise<unknown>): Promise<unknown> {
  return await call.then(
    () => {
      throw new Error('no failure')
    },
    (error: unknown) => error
  )
}

/** Sets environment variables for one test. */
export function environment(t: Test, variables: Record<string, string | undefined>): void {
  const before = { ...process.env }
  t.teardown(() => {
    process.env = before
  })
  process.env = {
    ...before,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    AWS_CONFIG_FILE: '/nonexistent',
    ...variables
  }
}
