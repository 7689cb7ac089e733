import type { Test } from 'tap'
import { startService as startProcess, type Service } from '../../demo/parts/service.ts'
import { sealSecret } from '../helpers/combination.ts'
import { startKinto, type ScriptedKinto } from '../helpers/kinto.ts'
import { answer, as, collection, type Called } from '../helpers/service.ts'
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

/** What a caller is told whose answer was taken now, or had been taken before. */
export const accepted = (answer: Verb, answeredBy = 'account:alice'): object => ({
  status: 200,
  retry: false,
  outcome: 'accepted',
  answer,
  answeredBy
})
export const repeated = (answer: Verb, answeredBy = 'account:alice'): object => ({
  status: 200,
  retry: false,
  outcome: 'already_applied',
  answer,
  answeredBy
})
/** What a caller is told who said the other thing. */
export const conflict = (answer: Verb, answeredBy = 'account:alice'): object => ({
  status: 409,
  retry: false,
  answer,
  answeredBy
})
export const unknown = { status: 503, retry: true, reported: 'unknown' }

export interface Parts {
  kinto: ScriptedKinto
  sfn: StepFunctionsEndpoint
}

/** A scripted Kinto with a collection that the service's account may write, and an AWS-true Step Functions with an activity. */
export async function startParts(t: Test, options: { pollMs?: number } = {}): Promise<Parts> {
  const [kinto, sfn] = await Promise.all([startKinto(t), startStepFunctions(t, options)])
  kinto.store.collections.set(collection, { write: ['account:workflow'] })
  sfn.createActivity()
  return { kinto, sfn }
}

/** The service as a process of its own, killed with the test. `env` is settings by their names in the environment, without the prefix. */
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

/** What a caller was told: all that a client acts on. */
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

/** What Step Functions and Kinto hold: how the execution ended and by whose words, and what the record says. */
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

/** What both hold when `by` said `answer`: the same. */
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

/** What both hold when Step Functions took the answer, and the record does not show it. */
export function unrecorded(answer: Verb): object {
  return { execution: ended[answer], said: answer, saidBy: 'account:alice', sameTime: false }
}

/** What both hold when nothing was taken. */
export const untouched = { execution: 'RUNNING', sameTime: true }

function present(fields: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

export interface Answer {
  service: { url: string }
  uri: string
  user: string
  said: Verb
}

/** Sends answers, all at once. */
export async function answerAll(
  answers: readonly Answer[]
): Promise<(Answer & { reply: Called })[]> {
  return await Promise.all(
    answers.map(async given => ({
      ...given,
      reply: await answer(given.service, given.uri, { answer: given.said }, given.user)
    }))
  )
}

/** Checks that exactly one of the answers to a record was taken, and that all who gave one were told which. @returns the one */
export function checkTold(
  t: Test,
  replies: readonly (Answer & { reply: Called })[],
  title: string
): { answer: Verb; answeredBy: string } {
  const winners = replies.filter(({ reply }) => reply.body?.stepfunction?.outcome === 'accepted')
  t.equal(winners.length, 1, `${title}: one is taken`)
  const [{ said: answer, user } = { said: 'FAIL' as const, user: 'nobody' }] = winners
  const answeredBy = `account:${user}`
  const expected = replies.map(given =>
    given === winners[0]
      ? accepted(answer, answeredBy)
      : given.said === answer
        ? repeated(answer, answeredBy)
        : conflict(answer, answeredBy)
  )
  t.strictSame(
    replies.map(({ reply }) => told(reply)),
    expected,
    `${title}: everybody is told the truth`
  )
  return { answer, answeredBy }
}
