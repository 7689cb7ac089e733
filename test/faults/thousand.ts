import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { rounds } from '../helpers/combination.ts'
import { activityArn, answer, collection } from '../helpers/service.ts'
import { accepted, agreed, ended, held, told, verbs, type Parts, type Verb } from './stage.ts'

interface Asked {
  uri: string
  executionArn: string
  said: Verb
}

/** 1,000 in the large form, as `npm run matrix` has it. */
export const records = rounds(100, 1_000)
const clients = 50

/** Executions that wait on one activity, whose polls take 30 ms each, and their records. */
export function askThousand({ kinto, sfn }: Parts): Asked[] {
  sfn.fault('GetActivityTask', { delayMs: 30 }, () => true)
  return Array.from({ length: records }, (_none, index) => {
    const id = randomUUID()
    const uri = `${collection}/records/${id}`
    kinto.store.put(uri, { activityArn }, { write: ['system.Authenticated'] })
    return {
      uri,
      executionArn: sfn.scheduleActivity({ input: { posted: { data: { id } } } }).executionArn,
      said: verbs[index % 3 === 0 ? 1 : 0]
    }
  })
}

/**
 * Lets 50 clients answer all of them in shuffled order. Checks that every answer is accepted, and
 * that each execution has its own record's answer.
 */
export async function answerThousand(
  t: Test,
  parts: Parts,
  service: { url: string },
  asked: readonly Asked[]
): Promise<void> {
  const left = asked
    .map(step => ({ step, place: Math.random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ step }) => step)
  const failures: unknown[] = []
  await Promise.all(
    Array.from({ length: clients }, async (_none, client) => {
      for (let step = left.pop(); step !== undefined; step = left.pop()) {
        const reply = await answer(service, step.uri, { answer: step.said }, `user${client}`)
        if (reply.body?.stepfunction?.outcome !== 'accepted')
          failures.push({ ...step, reply: told(reply), message: reply.body?.message })
      }
    })
  )
  t.strictSame(failures, [], 'no 409, nothing but accepted answers')
  const { kinto, sfn } = parts
  const wrong = asked.filter(({ uri, executionArn, said }) => {
    const { status, output, cause } = sfn.execution(executionArn)
    const result = JSON.parse(output ?? cause ?? '{}')
    return (
      status !== ended[said] ||
      result.record !== uri ||
      kinto.store.records.get(uri)?.data['status'] !== said
    )
  })
  t.strictSame(
    wrong,
    [],
    "each execution ended with its own record's answer, and the record says so"
  )
  const [{ uri, executionArn, said }] = asked as [Asked]
  t.match(held(parts, executionArn, uri), {
    ...agreed(said),
    saidBy: /^account:user/,
    answeredBy: /^account:user/
  })
  t.strictSame(told(await answer(service, uri, { answer: said }, 'user0')), {
    ...accepted(said),
    outcome: 'already_applied',
    answeredBy: kinto.store.records.get(uri)?.data['answeredBy']
  })
  t.equal(sfn.tasksQueued(), 0, 'no task is left')
  t.equal(sfn.callsOf('GetActivityTask').length >= records, true)
  t.equal(sfn.mostOpen('GetActivityTask'), 1, 'at most one poll at a time')
}
