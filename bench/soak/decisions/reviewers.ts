import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { StepFunctionsEndpoint } from '../../../test/helpers/step-functions.ts'
import type { Random } from '../random.ts'
import type { Account } from '../stage/kinto.ts'
import type { Client } from '../traffic/client.ts'
import type { Request } from '../traffic/exchange.ts'
import { readTold, replies } from './question.ts'
import type { Attempt, Question, Reply, Told } from './question.ts'

const reviewers: readonly Account[] = ['alice', 'bob']

/** Reviewers, who answer questions, and strangers, who try what they must not. */
export class Reviewers {
  readonly #client: Client
  readonly #stepFunctions: StepFunctionsEndpoint
  readonly #random: Random

  constructor(client: Client, stepFunctions: StepFunctionsEndpoint, random: Random) {
    this.#client = client
    this.#stepFunctions = stepFunctions
    this.#random = random
  }

  /** Does with a question what people do, until everybody knows how it was decided. */
  async treat(question: Question): Promise<void> {
    const random = this.#random
    if (random.chance(0.2)) await this.#tryAsStranger(question)
    if (random.chance(0.2)) await this.#edit(question)
    if (random.chance(0.2)) await this.#look(question)
    if (random.chance(0.05)) this.#expire(question)
    const people = random.pick([1, 1, 2, 2, 3])
    await Promise.all(
      Array.from({ length: people }, async () => {
        const said = random.pick(replies(question))
        await this.answer(question, random.pick(reviewers), said)
      })
    )
    if (random.chance(0.2)) await this.#look(question)
  }

  /** Answers until the response tells the decision, or tells three times that there is no task. */
  async answer(question: Question, user: Account, said: Reply): Promise<void> {
    const attempt: Attempt = { user, said, comment: randomUUID(), told: [] }
    question.attempts.push(attempt)
    const random = this.#random
    if (random.chance(0.1)) await this.#send(question, attempt, { leaveAfter: random.whole(1, 40) })
    for (let vain = 0; vain < 3;) {
      const { outcome } = random.chance(0.1)
        ? await this.#sendInBatch(question, attempt)
        : await this.#send(question, attempt)
      if (
        !['not reported', 'not known', 'reported, not recorded', 'no task yet', 'nothing'].includes(
          outcome
        )
      )
        return
      // The task may never come, if it was lost on its way
      if (outcome === 'no task yet') vain += 1
      // Sooner than Retry-After says, so that more happens
      await sleep(random.between(200, 2_000))
    }
  }

  async #send(question: Question, attempt: Attempt, more: Partial<Request> = {}): Promise<Told> {
    const { user } = attempt
    const told = readTold(
      await this.#client.ask({
        kind: 'POST answer',
        method: 'POST',
        path: `${question.uri}/stepfunction`,
        ...(user !== undefined && { user }),
        body: this.#body(attempt),
        expected: [200, 409, 410],
        ...more
      })
    )
    attempt.told.push(told)
    return told
  }

  async #sendInBatch(question: Question, attempt: Attempt): Promise<Told> {
    const { user } = attempt
    const response = await this.#client.ask({
      kind: 'POST batch with an answer',
      method: 'POST',
      path: '/batch',
      ...(user !== undefined && { user }),
      expected: [200],
      body: {
        requests: [
          { method: 'GET', path: question.uri },
          { method: 'POST', path: `${question.uri}/stepfunction`, body: this.#body(attempt) },
          { method: 'GET', path: question.uri }
        ]
      }
    })
    const told = readTold(
      typeof response === 'string' || response.status !== 200
        ? response
        : response.body.responses[1]
    )
    attempt.told.push(told)
    return told
  }

  /** Whoever names a choice need not name its answer. */
  #body({ said: { answer, choice }, comment }: Attempt): object {
    if (choice === undefined) return { answer, comment }
    return this.#random.chance(0.5) ? { choice, comment } : { answer, choice, comment }
  }

  async #tryAsStranger(question: Question): Promise<void> {
    const user = this.#random.pick(['mallory', undefined] as const)
    const attempt: Attempt = {
      user,
      said: this.#random.pick(replies(question)),
      comment: randomUUID(),
      told: []
    }
    question.attempts.push(attempt)
    await this.#send(question, attempt, {
      kind: 'POST answer of a stranger',
      expected: [user === undefined ? 401 : 403]
    })
  }

  // A change of an open field, by itself or in a batch without answers. The status is 412 if the
  // service saved a token in between.
  async #edit({ uri }: Question): Promise<void> {
    const patch = { method: 'PATCH', path: uri, body: { data: { note: 'I am at it' } } }
    await this.#client.ask(
      this.#random.pick<Request>([
        { ...patch, kind: 'PATCH note', user: 'alice', expected: [200, 412] },
        {
          kind: 'POST batch with a note',
          path: '/batch',
          method: 'POST',
          user: 'alice',
          body: { requests: [patch] },
          expected: [200]
        }
      ])
    )
  }

  async #look({ uri }: Question): Promise<void> {
    await this.#client.ask({
      kind: 'GET answer',
      method: this.#random.pick(['GET', 'HEAD']),
      path: `${uri}/stepfunction`,
      user: 'alice',
      expected: [200]
    })
  }

  #expire(question: Question): void {
    if (question.taskToken === undefined) return
    this.#stepFunctions.expire(question.taskToken)
    question.expired = true
  }
}
