import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { makeRunFolder } from '../../../demo/parts/folder.ts'
import { startKinto } from '../../../demo/parts/kinto.ts'
import type { Kinto } from '../../../demo/parts/kinto.ts'
import { lowPort } from '../../../demo/parts/low-port.ts'
import { as, call } from '../../../test/helpers/service.ts'

const accounts = ['workflow', 'stepfunction', 'alice', 'bob', 'mallory', 'carol'] as const
export type Account = (typeof accounts)[number]

/** The questions for the endpoint that behaves as AWS does. */
export const steps = '/buckets/stepfunction/collections/steps'

/** The questions for the emulator. */
export const emulated = '/buckets/stepfunction/collections/emulated'

// Records that are no questions
export const articles = '/buckets/ordinary/collections/articles'
export const large = '/buckets/ordinary/collections/large'

export const ownAuthorization = as('stepfunction')

/** A Kinto that can be killed, and started again at the same address with the same data. */
export interface RestartableKinto {
  url: string
  /** Resolves when it has ended. */
  kill: (signal: NodeJS.Signals) => Promise<void>
  /** Resolves when it responds. */
  start: () => Promise<void>
  stop: () => Promise<void>
  log: () => string
}

/** Starts it with the accounts, and with the collections, which `workflow` owns. */
export async function startRestartableKinto(): Promise<RestartableKinto> {
  const folder = makeRunFolder('soak')
  mkdirSync(folder, { recursive: true })
  const port = await lowPort()
  const start = async (): Promise<Kinto> =>
    await startKinto({
      port,
      modules: join(import.meta.dirname, '..', 'kinto'),
      settings: settings(join(folder, 'data'))
    })
  let part = await start()
  await fill(part.url)
  return {
    url: part.url,
    log: () => part.log(),
    async kill(signal) {
      part.kill(signal)
      await part.exited
    },
    async start() {
      part = await start()
    },
    stop: async () => {
      await part.stop()
    }
  }
}

function settings(file: string): Record<string, string> {
  return {
    'kinto.includes': 'kinto.plugins.default_bucket kinto.plugins.accounts kept',
    'kinto.storage_backend': 'kept_storage',
    'kinto.permission_backend': 'kept_permission',
    'kinto.storage_url': file,
    'kinto.userid_hmac_secret': 'the same after each restart'
  }
}

async function fill(kinto: string): Promise<void> {
  for (const account of accounts)
    await put(`${kinto}/v1/accounts/${account}`, { data: { password: 'secret' } })
  for (const bucket of ['stepfunction', 'ordinary'])
    await put(`${kinto}/v1/buckets/${bucket}`, {}, 'workflow')
  // Reviewers get their right from each record, as in a careful workflow
  for (const collection of [steps, emulated])
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
