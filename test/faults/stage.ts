import type { Test } from 'tap'
import { startService as startProcess, type Service } from '../../demo/parts/service.ts'
import { sealSecret } from '../helpers/combination.ts'
import { startKinto, type ScriptedKinto } from '../helpers/kinto.ts'
import { as, collection, type Called } from '../helpers/service.ts'
import {
  credentials,
  region,
  startStepFunctions,
  type Operation,
  type StepFunctionsEndpoint
} from '../helpers/step-functions.ts'

export const record = `${collection}/records/r1`
export const writers = { write: ['account:alice', 'account:bob'] }

/** The setting of the service's own account. */
export const own = { KINTO_AUTHORIZATION: as('workflow') }

export const verbs = ['SUCCEED', 'FAIL'] as const
export type Verb = (typeof verbs)[number]
export const operations: Record<Verb, Operation> = {
  SUCCEED: 'SendTaskSuccess',
  FAIL: 'SendTaskFailure'
}
export const ended: Record<Verb, string> = { SUCCEED: 'SUCCEEDED', FAIL: 'FAILED' }

/** What a caller is told when its answer was taken. */
export const accepted = (answer: Verb, answeredBy = 'account:alice'): object => ({
  status: 200,
  retry: false,
  outcome: 'accepted',
  answer,
  answeredBy
})
/** What a caller is told when its answer had been taken before. */
export const repeated = (answer: Verb, answeredBy = 'account:alice'): object => ({
  status: 200,
  retry: false,
  outcome: 'already_applied',
  answer,
  answeredBy
})
/** What a caller is told when the other answer had been taken. */
export const conflict = (answer: Verb, answeredBy = 'account:alice'): object => ({
  status: 409,
  retry: false,
  answer,
  answeredBy
})
/** What a caller is told when nobody knows whether its answer was taken. */
export const unknown = { status: 503, retry: true, reported: 'unknown' }

export interface Parts {
  kinto: ScriptedKinto
  sfn: StepFunctionsEndpoint
}

/**
 * A scripted Kinto with a collection that the service's account may write, and a Step Functions
 * that behaves as AWS does, with an activity.
 */
export async function startParts(t: Test, options: { pollMs?: number } = {}): Promise<Parts> {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t, options)])
  kinto.store.collections.set(collection, { write: ['account:workflow'] })
  sfn.createActivity()
  return { kinto, sfn }
}

/**
 * The service as a process of its own, killed with the test. `env` has settings by their names in
 * the environment, without the prefix.
 */
export async function startReplica(
  t: Test,
  { kinto, sfn }: { kinto: { url: string }; sfn: { url: string } },
  env: Record<string, string> = {},
  processEnv: Record<string, string> = {}
): Promise<Service> {
  const settings = {
    KINTO_URL: kinto.url,
    AWS_REGION: region,
    AWS_ENDPOINT_URL: sfn.url,
    ...('AWS_CONTAINER_CREDENTIALS_FULL_URI' in processEnv
      ? {}
      : { AWS_ACCESS_KEY: credentials.accessKeyId, AWS_SECRET_KEY: credentials.secretAccessKey }),
    ...sealSecret('set'),
    ...env
  }
  const service = await startProcess({
    env: {
      ...Object.fromEntries(
        Object.entries(settings).map(([name, value]) => [`STEPFUNCTION_${name}`, value])
      ),
      ...processEnv
    }
  })
  t.teardown(async () => {
    service.kill('SIGKILL')
    await service.exited
  })
  return service
}

/** The parts of a response that a client acts on. */
export function told({ status, headers, body }: Called): object {
  const { answer, answeredBy } = body?.stepfunction ?? body?.details ?? {}
  return present({
    status,
    retry: headers.has('retry-after'),
    outcome: body?.stepfunction?.outcome,
    reported: body?.details?.reported,
    answer,
    answeredBy
  })
}

/**
 * What Step Functions and Kinto hold: how the execution ended, the answer in its result, and what
 * the record says.
 */
export function held({ kinto, sfn }: Parts, executionArn: string, uri = record): object {
  const { status, output, cause } = sfn.execution(executionArn)
  const result = JSON.parse(output ?? cause ?? '{}')
  const data = kinto.store.records.get(uri)?.data ?? {}
  return present({
    execution: status,
    said: result.answer,
    saidBy: result.answeredBy,
    status: data['status'],
    answeredBy: data['answeredBy'],
    sameTime: result.answeredAt === data['answeredAt']
  })
}

/** What both hold when they agree that `by` gave `answer`. */
export function agreed(answer: Verb, by = 'account:alice'): object {
  return {
    execution: ended[answer],
    said: answer,
    saidBy: by,
    status: answer,
    answeredBy: by,
    sameTime: true
  }
}

/** What both hold when Step Functions took the answer, but the record does not show it. */
export function unrecorded(answer: Verb): object {
  return { execution: ended[answer], said: answer, saidBy: 'account:alice', sameTime: false }
}

/** What both hold when nothing was taken. */
export const untouched = { execution: 'RUNNING', sameTime: true }

function present(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
