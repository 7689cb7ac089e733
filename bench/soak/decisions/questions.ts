import { randomUUID } from 'node:crypto'
import type { StepFunctionsEndpoint } from '../../../test/helpers/step-functions.ts'
import { activityArn, stateMachineArn } from '../../../test/helpers/step-functions.ts'
import type { Random } from '../random.ts'
import { steps } from '../stage/kinto.ts'
import type { Client } from '../traffic/client.ts'
import type { Question } from './question.ts'

/** Lets an execution wait, and puts its record into Kinto through the service, as workflows do. */
export async function ask(
  client: Client,
  stepFunctions: StepFunctionsEndpoint,
  random: Random
): Promise<Question> {
  const id = randomUUID()
  const byActivity = random.chance(0.3)
  const { executionArn, taskToken } = byActivity
    ? {
        ...stepFunctions.scheduleActivity({ input: { posted: { data: { id } } } }),
        taskToken: undefined
      }
    : stepFunctions.waitCallback({ input: { id } })
  const tellsExecution = byActivity || random.chance(0.7)
  const question = {
    uri: `${steps}/records/${id}`,
    executionArn,
    taskToken,
    tellsExecution,
    expired: false,
    attempts: []
  }
  const data = {
    subject: 'Please review',
    reviewer: 'account:alice',
    stateMachineArn,
    ...(tellsExecution && { executionArn }),
    ...(taskToken === undefined ? { activityArn } : { taskToken }),
    ...(random.chance(0.05) && { notes: 'x'.repeat(random.whole(1, 500_000)) })
  }
  const permissions = { write: ['account:alice', 'account:bob'] }
  // Only if there is no record yet: a second PUT would remove a token that the service has saved in
  // between
  await client.insist({
    kind: 'PUT question',
    method: 'PUT',
    path: question.uri,
    user: 'workflow',
    headers: { 'if-none-match': '*' },
    body: { data, permissions },
    expected: [201, 412]
  })
  return question
}
