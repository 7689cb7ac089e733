import type { StepFunctionsEndpoint } from '../../../test/helpers/step-functions.ts'
import { call } from '../../../test/helpers/service.ts'
import type { Ledger } from '../ledger.ts'
import type { Client } from '../traffic/client.ts'
import type { Question, Verb } from './question.ts'
import type { Reviewers } from './reviewers.ts'
import { judge } from './verdict.ts'
import type { Recorded, Taken } from './verdict.ts'

export interface SweepOptions {
  kinto: { url: string }
  client: Client
  stepFunctions: StepFunctionsEndpoint
  reviewers: Reviewers
  ledger: Ledger
}

/**
 * Goes through all questions when everything is up and quiet. Answers each open one once more; then
 * record, execution and responses must agree.
 */
export async function sweep(questions: readonly Question[], options: SweepOptions): Promise<void> {
  const left = [...questions]
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let question = left.pop(); question !== undefined; question = left.pop())
        await settle(question, options)
    })
  )
}

async function settle(question: Question, options: SweepOptions): Promise<void> {
  const { kinto, client, stepFunctions, reviewers, ledger } = options
  const taken = readTaken(stepFunctions, question)
  if ((await readRecord(kinto, question)).status !== taken?.answer)
    await reviewers.answer(question, 'alice', (taken?.answer ?? 'SUCCEED') as Verb)
  const [end, recorded] = [readTaken(stepFunctions, question), await readRecord(kinto, question)]
  for (const wrong of judge(question, end, recorded))
    ledger.violation(wrong, { question, taken: end, recorded })
  if (end === undefined && isLost(stepFunctions, question, recorded))
    ledger.error('a token that was lost with the reply to its poll, so that nobody could answer')
  else if (end === undefined && !question.expired)
    ledger.violation('A question could not be answered', { question, recorded })
  if (end !== undefined && recorded.status === undefined)
    ledger.error(
      'an answer that no record shows, since its reply was lost and no execution was named'
    )
  const state = await client.ask({
    kind: 'GET answer',
    method: 'GET',
    path: `${question.uri}/stepfunction`,
    user: 'alice',
    expected: [200]
  })
  const shown = typeof state === 'string' ? undefined : state.body?.data?.state
  const right =
    end === undefined && !question.expired
      ? 'pending'
      : end?.answer === 'SUCCEED'
        ? 'succeeded'
        : end?.answer === 'FAIL'
          ? 'failed'
          : 'gone'
  if (shown !== right && question.tellsExecution)
    ledger.violation('GET of an answer did not tell the truth', { question, shown, right })
}

/**
 * Step Functions gives each task away once. If that response was cut off, the execution shows an
 * ActivityStarted whose token is in no record.
 */
function isLost(
  stepFunctions: StepFunctionsEndpoint,
  { executionArn }: Question,
  { taskToken }: Recorded
): boolean {
  return (
    taskToken === undefined &&
    stepFunctions.execution(executionArn).events.some(({ type }) => type === 'ActivityStarted')
  )
}

function readTaken(
  stepFunctions: StepFunctionsEndpoint,
  { executionArn }: Question
): Taken | undefined {
  const { output, cause } = stepFunctions.execution(executionArn)
  return output === undefined && cause === undefined ? undefined : JSON.parse(output ?? cause ?? '')
}

async function readRecord(kinto: { url: string }, { uri }: Question): Promise<Recorded> {
  return (await call(`${kinto.url}/v1${uri}`, { user: 'workflow' })).body.data
}
