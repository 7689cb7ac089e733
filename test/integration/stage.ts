import type { Test } from 'tap'
import type { Backend } from '../helpers/combination.ts'
import { realKinto } from '../helpers/real.ts'
import { as, call, collection, startService, type TestService } from '../helpers/service.ts'

/** Where both parts of a client's world are: Kinto itself, and the service through which clients reach it. */
export interface Stage {
  kinto: { url: string }
  service: TestService
}

export interface StageOptions {
  /** Where Kinto keeps its objects: what the combination says, by default. */
  backend?: Backend
  /** Settings of Kinto. */
  settings?: Record<string, string>
  /** Settings of the service, by their names in the environment, without the prefix. */
  env?: Record<string, string>
}

/** The account that owns the bucket and writes the records, and two reviewers; each has the password `secret`. */
const accounts = ['workflow', 'alice', 'bob'] as const

/** A real Kinto with the accounts and the collection whose records the reviewers may write, and the service before it. */
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
