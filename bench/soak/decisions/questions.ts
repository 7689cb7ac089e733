import { randomUUID } from 'node:crypto'
import type { StepFunctionsEndpoint } from '../../../test/helpers/step-functions.ts'
import { activityArn, stateMachineArn } from '../../../test/helpers/step-functions.ts'
import type { Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import { clear, steps } from '../stage/kinto.ts'
import type { Client } from '../traffic/client.ts'
import type { Request } from '../traffic/exchange.ts'
import type { Choice, Question } from './question.ts'

export interface AskOptions {
  client: Client
  stepFunctions: StepFunctionsEndpoint
  random: Random
  ledger: Ledger
}

const choices: readonly Choice[] = [
  { label: 'Sign', answer: 'SUCCEED' },
  { label: 'Sign later', answer: 'SUCCEED' },
  { label: 'Send back', answer: 'FAIL', error: 'SentBack' },
  { label: 'Refuse', answer: 'FAIL' }
]

/**
 * Lets an execution wait, and asks: through the service, or by a record that a workflow puts into
 * Kinto.
 * @returns undefined if it was not asked, which is a violation
 */
export async function ask(options: AskOptions): Promise<Question | undefined> {
  const { stepFunctions, random } = options
  const id = randomUUID()
  const byActivity = random.chance(0.3)
  const { executionArn, taskToken } = byActivity
    ? {
        ...stepFunctions.scheduleActivity({ input: { posted: { data: { id } } } }),
        taskToken: undefined
      }
    : stepFunctions.waitCallback({ input: { id } })
  const question = {
    executionArn,
    taskToken,
    tellsExecution: byActivity || random.chance(0.7),
    choices: random.chance(0.4) ? choices : undefined,
    expired: false,
    attempts: []
  }
  const data = {
    subject: 'Please review',
    openFields: ['note'],
    reviewer: 'account:alice',
    stateMachineArn,
    ...(question.tellsExecution && { executionArn }),
    ...(taskToken === undefined ? { activityArn } : { taskToken }),
    ...(question.choices && { choices }),
    ...(random.chance(0.05) && { notes: 'x'.repeat(random.whole(1, 500_000)) })
  }
  const uri = random.chance(0.8)
    ? await askThroughService(byActivity || random.chance(0.5) ? { ...data, id } : data, options)
    : await putRecord(`${clear}/records/${id}`, data, options)
  return uri === undefined ? undefined : { ...question, uri }
}

const workflow = {
  user: 'workflow',
  permissions: { write: ['account:alice', 'account:bob'] }
} as const

/** Asks as a Lambda function does, which AWS sometimes runs twice. */
async function askThroughService(
  data: object,
  { client, random, ledger }: AskOptions
): Promise<string | undefined> {
  const { user, permissions } = workflow
  const request: Request = {
    kind: 'POST question',
    method: 'POST',
    path: `${steps}/stepfunction`,
    user,
    body: { data, permissions },
    expected: [200, 201]
  }
  const outcomes = await Promise.all(
    Array.from({ length: random.chance(0.2) ? 2 : 1 }, () => client.insist(request))
  )
  const ids = new Set<string | undefined>(outcomes.map(({ body }) => body?.data?.id))
  const [id] = ids
  if (ids.size > 1) ledger.violation('A question that was asked twice is two', { data, outcomes })
  return id === undefined ? undefined : `${steps}/records/${id}`
}

async function putRecord(uri: string, data: object, { client }: AskOptions): Promise<string> {
  const { user, permissions } = workflow
  // Only if there is no record yet: a second PUT would remove a token that the service has saved in
  // between
  await client.insist({
    kind: 'PUT question',
    method: 'PUT',
    path: uri,
    user,
    headers: { 'if-none-match': '*' },
    body: { data, permissions },
    expected: [201, 412]
  })
  return uri
}
