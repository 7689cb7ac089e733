import t from 'tap'
import { collection } from '../helpers/service.ts'
import { answerAll, checkTold } from './answer-all.ts'
import { agreed, held, startParts, startReplica, verbs } from './stage.ts'

const rounds = 100
const callers = 20
const guarantee = 'one is taken, and everybody is told so'

t.test(`100 rounds of 20 simultaneous mixed answers over two processes: ${guarantee}`, async t => {
  const parts = await startParts(t)
  const replicas = await Promise.all([startReplica(t, parts), startReplica(t, parts)])
  for (let round = 1; round <= rounds; round++) {
    const uri = `${collection}/records/r${round}`
    const { taskToken, executionArn } = parts.sfn.waitCallback()
    const history = round % 2 === 0
    parts.kinto.store.put(uri, history ? { taskToken, executionArn } : { taskToken }, {
      write: ['system.Authenticated']
    })
    const answers = Array.from({ length: callers }, (_none, index) => ({
      service: replicas[index % 2] ?? replicas[0],
      uri,
      user: `user${index}`,
      said: verbs[(index + round) % 3 === 0 ? 1 : 0]
    }))
    const replies = await answerAll(answers)
    const { answer, answeredBy } = checkTold(
      t,
      replies,
      `round ${round}, ${history ? 'with executionArn' : 'without'}`
    )
    t.strictSame(held(parts, executionArn, uri), agreed(answer, answeredBy))
  }
  const reports = parts.sfn.calls.filter(({ operation }) => operation.startsWith('SendTask'))
  t.ok(reports.length <= 2 * rounds, 'a process reports once for each token')
})
