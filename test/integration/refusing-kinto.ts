import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { startKinto, type KintoHandler } from '../helpers/kinto.ts'
import { startKintoProxy } from '../helpers/kinto-proxy.ts'
import { realDatabase, realKinto } from '../helpers/real.ts'
import { as, call, collection, startService, stateMachineArn } from '../helpers/service.ts'
import { startStepFunctions } from '../helpers/step-functions.ts'
import { put } from './stage.ts'

const settings = { 'kinto.experimental_collection_schema_validation': 'true' }
/**
 * A Kinto that the service reaches through a proxy, which can lead to others that stand on the same
 * database.
 */
export async function startPlace(t: Test) {
  const database = await realDatabase()
  const kinto = await realKinto(t, { database, settings })
  const readOnly = await realKinto(t, { database, settings: { 'kinto.readonly': 'true' } })
  const way = { url: kinto.url }
  const [proxy, sfn] = await Promise.all([
    startKintoProxy(t, way),
    startStepFunctions(t, { pollMs: 300 })
  ])
  sfn.createActivity()
  for (const user of ['owner', 'workflow', 'alice'])
    await put(kinto, `/accounts/${user}`, { data: { password: 'secret' } })
  await put(kinto, '/buckets/stepfunction', {}, 'owner')
  const write = ['account:workflow', 'account:alice']
  await put(kinto, collection, { permissions: { write } }, 'owner')
  const own = async (uri: string, body: object, method = 'PATCH'): Promise<void> => {
    const { status, text } = await call(`${kinto.url}/v1${uri}`, { method, user: 'owner', body })
    if (status > 299) throw new Error(`${uri}: ${status} ${text}`)
  }
  return {
    kinto,
    proxy,
    sfn,
    /** Requests of the service go there, until it is called again. */
    async lead(to: 'back' | 'read-only' | KintoHandler): Promise<void> {
      const other = to === 'read-only' ? readOnly : kinto
      way.url = typeof to === 'function' ? (await startKinto(t, to)).url : other.url
    },
    schema: async (schema: object): Promise<void> => await own(collection, { data: { schema } }),
    /** Lets these, and the owner, write a collection or a record. */
    write: async (uri: string, ...users: string[]): Promise<void> =>
      await own(uri, {
        permissions: { write: ['owner', ...users].map(user => `account:${user}`) }
      }),
    remove: async (uri: string): Promise<void> => await own(uri, {}, 'DELETE'),
    read: async (uri: string): Promise<Record<string, unknown>> =>
      (await call(`${kinto.url}/v1${uri}`, { user: 'owner' })).body.data,
    /** A service of its own, and a question that was asked there. */
    async ask(t: Test, step: Partial<Record<Field, string>>, env: Record<string, string> = {}) {
      const service = await startService(t, proxy, sfn, {
        KINTO_AUTHORIZATION: as('workflow'),
        ACTIVITY_WAIT_SECONDS: '2',
        ...env
      })
      const { id = randomUUID() } = step
      const asked = await call(`${service.url}/v1${collection}/stepfunction`, {
        method: 'POST',
        user: 'workflow',
        body: { data: { subject: 'Sign off?', stateMachineArn, ...step, id } }
      })
      if (asked.status !== 201) throw new Error(asked.text)
      return { service, uri: `${collection}/records/${id}` }
    }
  }
}

type Field = 'id' | 'activityArn' | 'executionArn' | 'taskToken'
export type Place = Awaited<ReturnType<typeof startPlace>>
