import { randomUUID } from 'node:crypto'
import t from 'tap'
import { activityArn, collection } from '../helpers/service.ts'
import { answerAll, checkTold } from './answer-all.ts'
import { agreed, held, own, startParts, startReplica, verbs } from './stage.ts'

const steps = 60

t.test('two processes, one Kinto, one Step Functions', async t => {
  const settings: [title: string, env: Record<string, string>][] = [
    ['polling when asked', { ...own, ACTIVITY_WAIT_SECONDS: '40' }],
    ['polling all the time', { ...own, ACTIVITIES: activityArn }]
  ]
  for (const [title, env] of settings) {
    await t.test(`${title}: callback tokens and activities, answered over both`, async t => {
      const parts = await startParts(t, { pollMs: 1_000 })
      const { kinto, sfn } = parts
      const replicas = await Promise.all([startReplica(t, parts, env), startReplica(t, parts, env)])
      const asked = Array.from({ length: steps }, (_none, index) => {
        const id = randomUUID()
        const uri = `${collection}/records/${id}`
        const { executionArn, ...callback } =
          index % 2 === 0
            ? sfn.waitCallback()
            : sfn.scheduleActivity({ input: { posted: { data: { id } } } })
        kinto.store.put(
          uri,
          {
            ...callback,
            ...(index % 2 === 0 ? {} : { activityArn }),
            ...(index % 4 < 2 ? { executionArn } : {})
          },
          { write: ['system.Authenticated'] }
        )
        return { uri, executionArn }
      })
      // Three callers answer each step on different processes. One of them gives the other answer.
      const answers = asked.toReversed().flatMap(({ uri }, step) =>
        [0, 1, 2].map(caller => ({
          service: replicas[(step + caller) % 2] ?? replicas[0],
          uri,
          user: `user${caller}`,
          said: verbs[caller === step % 3 ? 1 : 0]
        }))
      )
      const replies = await answerAll(answers)
      for (const { uri, executionArn } of asked) {
        const { answer, answeredBy } = checkTold(
          t,
          replies.filter(given => given.uri === uri),
          executionArn
        )
        t.strictSame(held(parts, executionArn, uri), agreed(answer, answeredBy))
      }
      t.equal(sfn.tasksQueued(), 0)
      t.ok(sfn.mostOpen('GetActivityTask') <= 2, 'at most one poll of each process')
    })
  }
})
