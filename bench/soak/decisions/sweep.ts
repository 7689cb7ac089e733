import type { StepFunctionsEndpoint } from '../../../test/helpers/step-functions.ts'
import { call } from '../../../test/helpers/service.ts'
import { Seals } from '../../../src/seal/seals.ts'
import type { Ledger } from '../ledger.ts'
import { sealSecret } from '../stage/services.ts'
import type { Client } from '../traffic/client.ts'
import { replies } from './question.ts'
import type { Question, Reply } from './question.ts'
import type { Reviewers } from './reviewers.ts'
import { judge } from './verdict.ts'
import type { Recorded, Taken } from './verdict.ts'

const seals = new Seals(Buffer.from(sealSecret, 'hex'))

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
    await reviewers.answer(question, 'alice', replyTo(question, taken))
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
  const shown = typeof state === 'string' ? undefined : state.body?.data
  const isProven = recorded.answerReceipt !== undefined
  const right = {
    state: stateOf(question, end),
    choice: end?.choice,
    answeredBy: end?.answeredBy,
    ...(isProven && { proof: 'receipt' })
  }
  const isRight = Object.entries(right).every(([name, value]) => shown?.[name] === value)
  if (!isRight && (question.tellsExecution || isProven))
    ledger.violation('GET of an answer did not tell the truth', { question, shown, right })
}

/** What was taken; or anything, if nothing was. */
function replyTo(question: Question, taken: Taken | undefined): Reply {
  const [first = { answer: 'SUCCEED' }, ...others] = replies(question)
  return (
    others.find(({ answer, choice }) => answer === taken?.answer && choice === taken.choice) ??
    first
  )
}

function stateOf({ expired }: Question, taken: Taken | undefined): string {
  if (taken === undefined) return expired ? 'gone' : 'pending'
  return taken.answer === 'SUCCEED' ? 'succeeded' : 'failed'
}

/**
 * Step Functions gives each task away once. If that response was cut off, the execution shows an
 * ActivityStarted whose token is in no record.
 */
function isLost(
  stepFunctions: StepFunctionsEndpoint,
  { executionArn, uri }: Question,
  { taskToken }: Recorded
): boolean {
  return (
    !hasToken(uri, taskToken) &&
    stepFunctions.execution(executionArn).events.some(({ type }) => type === 'ActivityStarted')
  )
}

/** A sealed question that an activity asks has a seal without a token, until its task comes. */
function hasToken(uri: string, taskToken: string | undefined): boolean {
  if (taskToken?.startsWith('sealed:') !== true) return taskToken !== undefined
  const opened = seals.open(uri, taskToken)
  return opened === 'broken' || 'unknownKey' in opened || opened.taskToken !== undefined
}

function readTaken(
  stepFunctions: StepFunctionsEndpoint,
  { executionArn }: Question
): Taken | undefined {
  const { output, error, cause } = stepFunctions.execution(executionArn)
  const text = output ?? cause
  return text === undefined ? undefined : { ...JSON.parse(text), error }
}

async function readRecord(kinto: { url: string }, { uri }: Question): Promise<Recorded> {
  return (await call(`${kinto.url}/v1${uri}`, { user: 'workflow' })).body.data
}
