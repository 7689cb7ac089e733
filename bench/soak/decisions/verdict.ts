import { isDeepStrictEqual } from 'node:util'
import type { Account } from '../stage/kinto.ts'
import type { Attempt, Question, Told } from './question.ts'

/** What Step Functions took, as its execution says; undefined if nothing. */
export interface Taken {
  answer: string
  answeredBy: string
  answeredAt: string
  comment: string
  record: string
}

/** What the record in Kinto says. */
export interface Recorded {
  taskToken?: string
  status?: string
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
  { uri, expired }: Question,
  { answer, answeredBy, record }: Taken,
  attempt: Attempt | undefined
): string[] {
  return [
    ...(attempt === undefined ? ['Step Functions got an answer that nobody gave'] : []),
    ...(isStranger(attempt?.user) ? ['Step Functions got the answer of a stranger'] : []),
    ...(isDeepStrictEqual(
      [answer, answeredBy, record],
      [attempt?.said, `account:${attempt?.user}`, uri]
    )
      ? []
      : ['Step Functions got another answer than was given']),
    ...(expired ? ['Step Functions got an answer to a step that was over'] : [])
  ]
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
    answeredBy: taken?.answeredBy,
    answeredAt: taken?.answeredAt
  })
  switch (outcome) {
    case 'accepted':
      return named && taken?.comment === comment
    case 'already applied':
      return named && taken?.answer === said
    case 'answered differently':
      return named && taken !== undefined && taken.answer !== said
    case 'reported, not recorded':
      return taken?.answer === said
    case 'over':
      return expired || (!tellsExecution && taken !== undefined)
    case 'no task yet':
      return taskToken === undefined
    case 'refused':
      return isStranger(user)
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
  { status, answeredBy, answeredAt, comment }: Recorded
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
    { answer: status, answeredBy, answeredAt, comment },
    {
      answer: taken.answer,
      answeredBy: taken.answeredBy,
      answeredAt: taken.answeredAt,
      comment: taken.comment
    }
  )
  return same ? [] : ['A record says something else than what Step Functions got']
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
