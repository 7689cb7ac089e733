import type { Test } from 'tap'
import { realKinto, type RealKintoOptions } from '../../helpers/real.ts'
import { as, call, startService, type Called, type TestService } from '../../helpers/service.ts'
import { startStepFunctions, type StepFunctionsEndpoint } from '../../helpers/step-functions.ts'
import { startKintoProxy, type KintoProxy } from '../../helpers/kinto-proxy.ts'
import { put } from '../stage.ts'

const accounts = ['workflow', 'alice', 'bob', 'member', 'nobody']

export const bucket = '/buckets/stepfunction'

export interface World {
  kinto: { url: string }
  /** Between the service and Kinto. */
  proxy: KintoProxy
  sfn: StepFunctionsEndpoint
  service: TestService
  /** Puts a record there, past the service. The bucket's owner alone may read it by default. */
  record: (uri: string, data?: object, permissions?: object) => Promise<void>
  inbox: (user?: string, query?: string, headers?: Record<string, string>) => Promise<Called>
  /** The ids of the entries of somebody's inbox, in order. */
  ids: (user?: string, query?: string) => Promise<string[]>
}

interface WorldOptions {
  env?: Record<string, string>
  kinto?: RealKintoOptions
}

/** A real Kinto with two collections in a bucket, and the service in front of it. */
export async function startWorld(
  t: Test,
  { env = {}, kinto: options = {} }: WorldOptions = {}
): Promise<World> {
  const [kinto, sfn] = await Promise.all([realKinto(t, options), startStepFunctions(t)])
  for (const user of accounts)
    await put(kinto, `/accounts/${user}`, { data: { password: 'secret' } })
  await put(kinto, bucket, {}, 'workflow')
  await put(
    kinto,
    `${bucket}/groups/reviewers`,
    { data: { members: ['account:member'] } },
    'workflow'
  )
  for (const name of ['a', 'b']) await put(kinto, `${bucket}/collections/${name}`, {}, 'workflow')
  const proxy = await startKintoProxy(t, kinto)
  const service = await startService(t, proxy, sfn, {
    KINTO_AUTHORIZATION: as('workflow'),
    ...env
  })
  const inbox: World['inbox'] = (user, query = '', headers = {}) =>
    call(`${service.url}/v1/stepfunction/inbox${query}`, {
      headers,
      ...(user !== undefined && { user })
    })
  return {
    kinto,
    proxy,
    sfn,
    service,
    record: (uri, data = {}, permissions = {}) =>
      put(
        kinto,
        `${bucket}${uri}`,
        { data: { taskToken: 'token', ...data }, permissions },
        'workflow'
      ),
    inbox,
    async ids(user = 'workflow', query = '') {
      const { status, text, body } = await inbox(user, query)
      if (status !== 200) throw new Error(`${status} ${text}`)
      return body.data.map(({ id }: { id: string }) => id)
    }
  }
}

/** The URI of a record, in its bucket. */
export function at(collection: string, id: string): string {
  return `/collections/${collection}/records/${id}`
}
