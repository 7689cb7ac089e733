import { startKinto } from '../../../demo/parts/kinto.ts'
import type { Kinto } from '../../../demo/parts/kinto.ts'
import { lowPort } from '../../../demo/parts/low-port.ts'
import { as, call } from '../../../test/helpers/service.ts'
import { startRestartable } from './restartable.ts'
import type { Restartable } from './restartable.ts'
import type { Storage } from './storage.ts'

const accounts = ['workflow', 'stepfunction', 'alice', 'bob', 'mallory', 'carol'] as const
export type Account = (typeof accounts)[number]

/** The questions that are asked through the service, for the endpoint that behaves as AWS does. */
export const steps = '/buckets/stepfunction/collections/steps'

/** The questions that workflows put into Kinto by themselves, for the same endpoint. */
export const clear = '/buckets/stepfunction/collections/clear'

/** The questions for the emulator. */
export const emulated = '/buckets/stepfunction/collections/emulated'

// Records that are no questions
export const articles = '/buckets/ordinary/collections/articles'
export const large = '/buckets/ordinary/collections/large'

export const ownAuthorization = as('stepfunction')

/** Starts it with the accounts, and with the collections, which `workflow` owns. */
export async function startRestartableKinto({ options }: Storage): Promise<Restartable<Kinto>> {
  const port = await lowPort()
  let hasTables = false
  const kinto = await startRestartable(async () => {
    const part = await startKinto({ port, ...options, hasTables })
    hasTables = true
    return part
  })
  await fill(kinto.part.url)
  return kinto
}

async function fill(kinto: string): Promise<void> {
  for (const account of accounts)
    await put(`${kinto}/v1/accounts/${account}`, { data: { password: 'secret' } })
  for (const bucket of ['stepfunction', 'ordinary'])
    await put(`${kinto}/v1/buckets/${bucket}`, {}, 'workflow')
  // Reviewers get their right from each record, as in a careful workflow
  for (const collection of [steps, clear, emulated])
    await put(
      `${kinto}/v1${collection}`,
      { permissions: { write: ['account:stepfunction'] } },
      'workflow'
    )
  for (const collection of [articles, large])
    await put(`${kinto}/v1${collection}`, { permissions: { write: ['account:carol'] } }, 'workflow')
}

async function put(url: string, body: object, user?: Account): Promise<void> {
  const { status, text } = await call(url, {
    method: 'PUT',
    body,
    ...(user !== undefined && { user })
  })
  if (status > 201) throw new Error(`${url}: ${status} ${text}`)
}
