import type { Test } from 'tap'
import type { Backend } from '../helpers/combination.ts'
import { realKinto } from '../helpers/real.ts'
import { as, call, collection, startService, type TestService } from '../helpers/service.ts'

/** Kinto itself, and the service that clients reach it through. */
export interface Stage {
  kinto: { url: string }
  service: TestService
}

export interface StageOptions {
  /** Where Kinto keeps its objects; by default the combination of the run says it. */
  backend?: Backend
  /** Settings of Kinto. */
  settings?: Record<string, string>
  /** Settings of the service, by their names in the environment, without the prefix. */
  env?: Record<string, string>
}

/** The owner of the bucket and the records, and two reviewers. Each has the password `secret`. */
const accounts = ['workflow', 'alice', 'bob'] as const

/**
 * Starts a real Kinto and the service in front of it. Kinto has the accounts, and a collection
 * whose records the reviewers may write.
 */
export async function startStage(
  t: Test,
  sfn: { url: string },
  { backend, settings = {}, env = {} }: StageOptions = {}
): Promise<Stage> {
  const kinto = await realKinto(t, { settings, ...(backend !== undefined && { backend }) })
  for (const user of accounts)
    await put(kinto, `/accounts/${user}`, { data: { password: 'secret' } })
  await put(kinto, '/buckets/stepfunction', {}, 'workflow')
  await put(
    kinto,
    collection,
    { permissions: { write: ['account:alice', 'account:bob'] } },
    'workflow'
  )
  return {
    kinto,
    service: await startService(t, kinto, sfn, { KINTO_AUTHORIZATION: as('workflow'), ...env })
  }
}

/** Puts an object into Kinto, past the service. */
export async function put(
  kinto: { url: string },
  path: string,
  body: object,
  user?: string
): Promise<void> {
  const { status, text } = await call(`${kinto.url}/v1${path}`, {
    method: 'PUT',
    body,
    ...(user === undefined ? {} : { user })
  })
  if (status > 201) throw new Error(`${path}: ${status} ${text}`)
}
