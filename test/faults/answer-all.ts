import type { Test } from 'tap'
import { answer, type Called } from '../helpers/service.ts'
import { accepted, conflict, repeated, told, type Verb } from './stage.ts'

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

/**
 * Checks that exactly one of the answers to a record was taken, and that every caller was told
 * which.
 * @returns the answer that was taken
 */
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
