import { randomUUID } from 'node:crypto'
import root, { type Test } from 'tap'
import { startKintoProxy, type KintoProxy } from '../../helpers/kinto-proxy.ts'
import { combination, type Backend } from '../../helpers/combination.ts'
import { needsParts, needsPostgres, realKinto } from '../../helpers/real.ts'
import {
  answer,
  as,
  call,
  collection,
  startService,
  stateMachineArn,
  type Called,
  type TestService
} from '../../helpers/service.ts'
import { startStepFunctions, type StepFunctionsEndpoint } from '../../helpers/step-functions.ts'
import { put, type StageOptions } from '../stage.ts'

// A real Kinto takes its time, and in their large form these tests go round thousands of times.
root.setTimeout(combination.thousands ? 3_600_000 : 180_000)

export const secret = '5ea1'.repeat(16)
export const reviewers = { write: ['account:alice', 'account:bob'] }

/**
 * The back ends on which a test runs: both in its large form; else PostgreSQL, which people run,
 * unless the combination says otherwise.
 */
export const everyBackend: readonly Backend[] = combination.thousands
  ? ['memory', 'postgresql']
  : [combination.backendIfChosen ?? 'postgresql']

/** Options of a test on a real Kinto with this back end. */
export function needs(backend: Backend, subject: string): { skip: string | false } {
  return backend === 'postgresql' ? needsPostgres(subject) : needsParts(subject)
}

/** A question that was asked, and the execution that waits for its answer. */
export interface Asked {
  uri: string
  taskToken: string
  executionArn: string
  question: Record<string, unknown>
  /** The record, as the response to the question showed it. */
  data: Record<string, any>
}

export interface World {
  sfn: StepFunctionsEndpoint
  kinto: { url: string }
  /** The service is told that this is Kinto. */
  proxy: KintoProxy
  service: TestService
  /** Another instance of the service, without any memory. */
  another: (env?: Record<string, string>) => Promise<TestService>
  /** A request to Kinto itself. */
  at: (
    uri: string,
    request?: { method?: string; user?: string; body?: unknown; headers?: Record<string, string> }
  ) => Promise<Called>
  patch: (uri: string, data: object, user?: string) => Promise<Called>
  read: (uri: string) => Promise<Record<string, any>>
  ask: (
    data: object,
    options?: { permissions?: object; user?: string; of?: string; service?: { url: string } }
  ) => Promise<Called>
  /** Asks a question with a token of its own. */
  wait: (
    fields?: Record<string, unknown>,
    options?: { permissions?: object; id?: string; withExecution?: boolean }
  ) => Promise<Asked>
  state: (uri: string, user?: string, service?: { url: string }) => Promise<Record<string, any>>
  answer: (uri: string, said?: string, user?: string, service?: { url: string }) => Promise<Called>
}

/** The owner of the bucket, two reviewers, and an account that may only create records. */
const accounts = ['workflow', 'alice', 'bob', 'creator'] as const

/**
 * Starts a real Kinto, a Step Functions that behaves as AWS's, and the service, which has a secret
 * unless `env` says otherwise. Reviewers may write the records whose permissions say so; alice may
 * create records too.
 */
export async function startWorld(
  t: Test,
  { backend = combination.backend, env = {}, settings = {} }: StageOptions = {}
): Promise<World> {
  const sfn = await startStepFunctions(t, { pollMs: 300 })
  const kinto = await realKinto(t, { settings, backend })
  await Promise.all(
    accounts.map(user => put(kinto, `/accounts/${user}`, { data: { password: 'secret' } }))
  )
  await put(
    kinto,
    '/buckets/stepfunction',
    { permissions: { write: ['account:workflow'] } },
    'workflow'
  )
  await put(
    kinto,
    collection,
    { permissions: { 'record:create': ['account:alice', 'account:creator'] } },
    'workflow'
  )
  const proxy = await startKintoProxy(t, kinto)
  const another = async (more: Record<string, string> = {}): Promise<TestService> =>
    await startService(t, proxy, sfn, {
      KINTO_AUTHORIZATION: as('workflow'),
      SEAL_SECRET: secret,
      ...env,
      ...more
    })
  const service = await another()
  const at: World['at'] = async (uri, { user = 'workflow', ...request } = {}) =>
    await call(`${kinto.url}/v1${uri}`, { user, ...request })
  const world: World = {
    sfn,
    kinto,
    proxy,
    service,
    another,
    at,
    patch: async (uri, data, user = 'alice') =>
      await at(uri, { method: 'PATCH', user, body: { data } }),
    read: async uri => (await at(uri)).body.data,
    ask: async (
      data,
      {
        permissions = reviewers,
        user = 'workflow',
        of = collection,
        service: through = service
      } = {}
    ) =>
      await call(`${through.url}/v1${of}/stepfunction`, {
        method: 'POST',
        user,
        body: { data, permissions }
      }),
    async wait(fields = {}, { permissions = reviewers, id, withExecution = false } = {}) {
      const { taskToken, executionArn } = sfn.waitCallback()
      const question = {
        subject: 'Sign off?',
        stateMachineArn,
        ...(id !== undefined && { id }),
        ...(withExecution && { executionArn }),
        ...fields
      }
      const { status, text, body } = await world.ask({ ...question, taskToken }, { permissions })
      if (status !== 201) throw new Error(`asking: ${status} ${text}`)
      return {
        uri: `${collection}/records/${body.data.id}`,
        taskToken,
        executionArn,
        question,
        data: body.data
      }
    },
    state: async (uri, user = 'alice', through = service) =>
      (await call(`${through.url}/v1${uri}/stepfunction`, { user })).body.data,
    answer: async (uri, said = 'SUCCEED', user = 'alice', through = service) =>
      await answer(through, uri, { answer: said }, user)
  }
  return world
}

/** The id and the path of a record that is not there yet. */
export function newRecord(): { id: string; uri: string } {
  const id = randomUUID()
  return { id, uri: `${collection}/records/${id}` }
}

/** The response to an answer of a question in which these fields were changed. */
export function refusedFor(...changed: string[]): object {
  return { status: 409, body: { errno: 122, details: { changed } } }
}

/** Does something `count` times, eight at a time: Kinto's server has eight threads. */
export async function eightAtATime<Result>(
  count: number,
  act: (index: number) => Promise<Result>
): Promise<Result[]> {
  const results: Result[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let index = next++; index < count; index = next++) results[index] = await act(index)
    })
  )
  return results
}
