import t from 'tap'
import { startBackground } from '../helpers/background.ts'
import { stateMachineArn } from '../helpers/service.ts'

const inOrder = (tokens: unknown[]): string[] => tokens.map(String).toSorted()

// So few seconds that a heartbeat is due at each round.
const heartbeatSeconds = 0.0001

t.test('a question is kept alive by its seal, whatever becomes of its record', async t => {
  const all = await startBackground(t)
  const taskToken = all.asked('r', { heartbeatSeconds })
  const quiet = all.asked('quiet')
  t.same(await all.beat(), [taskToken])
  const spoilt: object[] = [
    { subject: 'Other' },
    { status: 'SUCCEED', answeredBy: 'account:eve' },
    { answerReceipt: 'receipt:1:AAAA' },
    { heartbeatSeconds: JSON.rawJSON('86400') },
    { heartbeatSeconds: 'never' },
    { stateMachineArn: 'nonsense' },
    { stateMachineArn: stateMachineArn.replace('us-west-2', 'us-east-1') },
    { executionArn: {} }
  ]
  for (const fields of spoilt) {
    all.change('r', fields)
    t.same(await all.beat(), [taskToken], JSON.stringify(fields))
  }
  all.change('quiet', { heartbeatSeconds: JSON.rawJSON('0.0001') })
  t.same(await all.beat(), [taskToken], 'nor does anybody wake one that asked for none')
  t.notOk(all.sfn.calls.some(({ input }) => input['taskToken'] === quiet))
})

t.test('until its seal does not open', async t => {
  const ends: [title: string, fields: (sealed: string) => object][] = [
    ['moved', sealed => ({ taskToken: `${sealed}A` })],
    ['in clear', () => ({ taskToken: 'T' })],
    ['none', () => ({ taskToken: null })],
    ['another key', () => ({ taskToken: `sealed:1:AAAAAA${'A'.repeat(50)}` })]
  ]
  for (const [title, fields] of ends) {
    const all = await startBackground(t)
    const taskToken = all.asked('r', { heartbeatSeconds })
    t.same(await all.beat(), [taskToken])
    all.change('r', fields(String(all.data('r')['taskToken'])))
    t.same(await all.beat(), [], title)
  }
})

t.test('or it was answered, deleted, or is dead', async t => {
  const all = await startBackground(t)
  const [answered, deleted, dead, other] = ['answered', 'deleted', 'dead', 'other'].map(id =>
    all.asked(id, { heartbeatSeconds })
  )
  t.same(inOrder(await all.beat()), inOrder([answered, deleted, dead, other]))
  all.change('answered', {
    status: 'SUCCEED',
    answerReceipt: all.seals.writeReceipt(all.uri('answered'), answered ?? '', {
      answer: 'SUCCEED'
    })
  })
  all.kinto.store.remove(all.uri('deleted'))
  all.sfn.expire(dead ?? '')
  t.same(inOrder(await all.beat()), inOrder([dead, other]))
  t.same(await all.beat(), [other], 'a dead token is not asked about again')
})

t.test('what is not there when all is looked at anew is forgotten', async t => {
  const all = await startBackground(t)
  const [gone, stays] = [
    all.asked('gone', { heartbeatSeconds }),
    all.asked('stays', { heartbeatSeconds })
  ]
  t.same(inOrder(await all.beat()), inOrder([gone, stays]))
  all.kinto.store.records.delete(all.uri('gone'))
  all.change('stays', {})
  all.kinto.fault({ method: 'GET', path: /_since/, nth: 1 }, 400)
  t.same(await all.beat(), [stays])
  all.kinto.down()
  t.same(await all.beat(), [stays], 'and what is known goes on while Kinto is away')
})

t.test('a record in clear says itself what it wants', async t => {
  const all = await startBackground(t)
  const [first, decided, strange] = [
    all.sfn.waitCallback(),
    all.sfn.waitCallback(),
    all.sfn.waitCallback()
  ]
  const wanted = { stateMachineArn, heartbeatSeconds: JSON.rawJSON('0.0001') }
  all.put('first', { ...wanted, taskToken: first.taskToken })
  all.put('decided', { ...wanted, taskToken: decided.taskToken })
  all.put('strange', { ...wanted, taskToken: strange.taskToken, stateMachineArn: 'nonsense' })
  t.same(inOrder(await all.beat()), inOrder([first.taskToken, decided.taskToken]))
  all.change('decided', { status: 'FAIL' })
  t.same(await all.beat(), [first.taskToken])
  all.change('first', { heartbeatSeconds: null })
  t.same(await all.beat(), [])
})
