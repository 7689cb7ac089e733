import { isDeepStrictEqual } from 'node:util'
import type { Account } from '../stage/kinto.ts'
import type { Attempt, Question, Reply, Told } from './question.ts'

/** What Step Functions took, as its execution says; undefined if nothing. */
export interface Taken {
  answer: string
  choice?: string
  answeredBy: string
  answeredAt: string
  comment: string
  record: string
  /** The name of the error, if the step has failed. */
  error: string | undefined
}

/** What the record in Kinto says. */
export interface Recorded {
  taskToken?: string
  status?: string
  choice?: string
  answerReceipt?: string
  answeredBy?: string
  answeredAt?: string
  comment?: string
}

/**
 * Everything that is wrong about a decision, in words. What people were told, what Step Functions
 * took, and what the record says must agree.
 */
export function judge(question: Question, taken: Taken | undefined, recorded: Recorded): string[] {
  const attempt = question.attempts.find(({ comment }) => comment === taken?.comment)
  return [
    ...(taken === undefined ? [] : wrongTaken(question, taken, attempt)),
    ...question.attempts.flatMap(attempt => wrongTold(question, attempt, taken)),
    ...wrongRecord(question, taken, recorded)
  ]
}

function wrongTaken(
  { uri, expired, choices }: Question,
  { answer, choice, answeredBy, record, error }: Taken,
  attempt: Attempt | undefined
): string[] {
  return [
    ...(attempt === undefined ? ['Step Functions got an answer that nobody gave'] : []),
    ...(isStranger(attempt?.user) ? ['Step Functions got the answer of a stranger'] : []),
    ...(isDeepStrictEqual(
      [answer, choice, answeredBy, record, error],
      [
        attempt?.said.answer,
        attempt?.said.choice,
        `account:${attempt?.user}`,
        uri,
        errorOf(attempt?.said, choices)
      ]
    )
      ? []
      : ['Step Functions got another answer than was given']),
    ...(expired ? ['Step Functions got an answer to a step that was over'] : [])
  ]
}

function errorOf(said: Reply | undefined, choices: Question['choices']): string | undefined {
  if (said?.answer !== 'FAIL') return undefined
  return choices?.find(({ label }) => label === said.choice)?.error ?? 'Not signing off'
}

function wrongTold(question: Question, attempt: Attempt, taken: Taken | undefined): string[] {
  const wrong = attempt.told
    .filter(told => !isTrue(told, question, attempt, taken))
    .map(({ outcome }) => `Somebody was told "${outcome}", which is not true`)
  const isTaken = taken?.comment === attempt.comment
  const couldBe = attempt.told.some(({ outcome }) =>
    [
      'accepted',
      'already applied',
      'reported, not recorded',
      'not known',
      'over',
      'nothing'
    ].includes(outcome)
  )
  return isTaken && !couldBe
    ? [...wrong, 'An answer was taken whose sender was told that it was not']
    : wrong
}

function isTrue(
  { outcome, decision }: Told,
  { expired, tellsExecution, taskToken }: Question,
  { user, said, comment }: Attempt,
  taken: Taken | undefined
): boolean {
  const named = isDeepStrictEqual(decision, {
    answer: taken?.answer,
    choice: taken?.choice,
    answeredBy: taken?.answeredBy,
    answeredAt: taken?.answeredAt
  })
  const isSame = taken?.answer === said.answer && taken.choice === said.choice
  switch (outcome) {
    case 'accepted':
      return named && taken?.comment === comment
    case 'already applied':
      return named && isSame
    case 'answered differently':
      return named && taken !== undefined && !isSame
    case 'reported, not recorded':
      return isSame
    case 'over':
      return expired || (!tellsExecution && taken !== undefined)
    case 'no task yet':
      return taskToken === undefined
    case 'refused':
      return isStranger(user)
    case 'changed':
      return false
    case 'not reported':
    case 'not known':
    case 'nothing':
      return true
  }
}

function isStranger(user: Account | undefined): boolean {
  return user === undefined || user === 'mallory'
}

function wrongRecord(
  question: Question,
  taken: Taken | undefined,
  { status, choice, answeredBy, answeredAt, comment, answerReceipt }: Recorded
): string[] {
  const undecided = status === undefined || status === 'UNANSWERED'
  if (taken === undefined)
    return undecided && answeredBy === undefined
      ? []
      : ['A record says that it is decided, and Step Functions got nothing']
  if (undecided)
    return mayStayUnknown(question)
      ? []
      : ['Step Functions got an answer that the record does not show']
  const same = isDeepStrictEqual(
    { answer: status, choice, answeredBy, answeredAt, comment },
    {
      answer: taken.answer,
      choice: taken.choice,
      answeredBy: taken.answeredBy,
      answeredAt: taken.answeredAt,
      comment: taken.comment
    }
  )
  return [
    ...(same ? [] : ['A record says something else than what Step Functions got']),
    ...(answerReceipt === undefined ? ['A decision was recorded without a receipt'] : [])
  ]
}

/** The response to a report was lost, and the record names no execution with a history to read. */
function mayStayUnknown({ tellsExecution, attempts }: Question): boolean {
  return (
    !tellsExecution &&
    attempts.some(({ told }) =>
      told.some(({ outcome }) => outcome === 'not known' || outcome === 'nothing')
    )
  )
}
