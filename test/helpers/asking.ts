import type { Test } from 'tap'
import type { JsonObject } from '../../src/kinto/json.ts'
import {
  answerOutside,
  call,
  collection,
  startAll,
  stateMachineArn,
  type Called
} from './service.ts'

/** A secret to seal with. */
export const secret = '5ea1'.repeat(16)

const uri = (id: string): string => `${collection}/records/${id}`

export type Asking = Awaited<ReturnType<typeof startAsking>>

/** A service that seals, with its own Kinto and Step Functions, and shorthands for asking. */
export async function startAsking(
  t: Test,
  env: Record<string, string> = { SEAL_SECRET: secret },
  options: { pollMs?: number } = {}
) {
  const all = await startAll(t, { env, ...options })
  const { kinto, sfn, url } = all
  return {
    ...all,
    uri,
    /** A question whose step waits. */
    question: (
      fields: object = {}
    ): { subject: string; stateMachineArn: string; taskToken: string } => ({
      subject: 'Sign off?',
      stateMachineArn,
      taskToken: sfn.waitCallback().taskToken,
      ...fields
    }),
    ask: async (
      data: object,
      {
        permissions,
        user = 'workflow',
        headers = {}
      }: { permissions?: object; user?: string; headers?: Record<string, string> } = {}
    ): Promise<Called> =>
      await call(`${url}/v1${collection}/stepfunction`, {
        method: 'POST',
        user,
        headers,
        body: { data, ...(permissions !== undefined && { permissions }) }
      }),
    state: async (id: string, user = 'workflow'): Promise<Called> =>
      await call(`${url}/v1${uri(id)}/stepfunction`, { user }),
    stored: (id: string): JsonObject =>
      JSON.parse(JSON.stringify(kinto.store.records.get(uri(id))?.data ?? {})),
    permissions: (id: string): object | undefined => kinto.store.records.get(uri(id))?.permissions,
    /** Changes a record past the service. */
    change(id: string, fields: object): void {
      const { data = {}, permissions = {} } = kinto.store.records.get(uri(id)) ?? {}
      kinto.store.put(uri(id), { ...data, ...fields }, permissions)
    },
    /** Completes a task past the service, or as another replica does. */
    elsewhere: async (taskToken: string, output: unknown): Promise<void> =>
      await answerOutside(sfn, taskToken, output),
    /** How often Kinto was asked to write. */
    puts: (): number => kinto.requests.filter(({ method }) => method === 'PUT').length
  }
}
