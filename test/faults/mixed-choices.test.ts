import t from 'tap'
import { answer } from '../helpers/service.ts'
import { own, record, startParts, startReplica, writers } from './stage.ts'

const choices = [
  { label: 'Refund', answer: 'SUCCEED' },
  { label: 'Voucher', answer: 'SUCCEED' },
  { label: 'Refuse', answer: 'FAIL', error: 'Refused' },
  { label: 'Send back', answer: 'FAIL', error: 'SentBack' }
]

t.test('50 mixed answers at once, over two processes', async t => {
  for (const withExecution of [true, false]) {
    const parts = await startParts(t)
    const { kinto, sfn } = parts
    const replicas = await Promise.all([startReplica(t, parts, own), startReplica(t, parts, own)])
    const { taskToken, executionArn } = sfn.waitCallback()
    kinto.store.put(
      record,
      { taskToken, choices, ...(withExecution && { executionArn }) },
      { write: [...writers.write] }
    )
    const replies = await Promise.all(
      Array.from({ length: 50 }, async (_none, index) => {
        const { label: choice = '' } = choices[index % choices.length] ?? {}
        const service = replicas[index % 3 === 0 ? 0 : 1]
        const user = index % 2 === 0 ? 'alice' : 'bob'
        return { choice, reply: await answer(service, record, { choice }, user) }
      })
    )
    const [taken, ...others] = replies.filter(
      ({ reply }) => reply.body.stepfunction?.outcome === 'accepted'
    )
    t.same(others, [], 'one is taken')
    const { status, output, cause } = sfn.execution(executionArn)
    const result = JSON.parse(output ?? cause ?? '{}')
    t.equal(result.choice, taken?.choice)
    t.equal(status, result.answer === 'SUCCEED' ? 'SUCCEEDED' : 'FAILED')
    for (const { choice, reply } of replies) {
      t.equal(reply.status, choice === result.choice ? 200 : 409)
      t.match(
        reply.body.stepfunction ?? reply.body.details,
        {
          answer: result.answer,
          choice: result.choice,
          answeredBy: result.answeredBy,
          answeredAt: result.answeredAt
        },
        'everybody is told which'
      )
    }
    t.match(kinto.store.records.get(record)?.data, { status: result.answer, choice: result.choice })
  }
})
