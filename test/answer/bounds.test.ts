import t, { type Test } from 'tap'
import { readQuestion } from '../../src/ask/question.ts'
import { caught } from '../helpers/caught.ts'
import { startAsking, type Asking } from '../helpers/asking.ts'
import { activityArn, answer } from '../helpers/service.ts'

const writers = { write: ['account:alice'] }
const refused = {
  status: 400,
  body: {
    details: [{ location: 'record', name: 'taskToken' }],
    message: /too large to hold a question/
  }
}
const manyValues = { list: Array.from({ length: 20_001 }, () => []) }
const manyBytes = { text: 'x'.repeat(2 * 1024 * 1024) }

async function isRefused(t: Test, all: Asking, data: object): Promise<void> {
  all.kinto.store.put(
    all.uri('mine'),
    { taskToken: 'T', ...data },
    { write: ['account:alice', 'account:workflow'] }
  )
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), refused)
  t.match(await all.state('mine', 'alice'), refused)
  t.match(await all.ask(all.question({ id: 'mine' })), refused)
}

t.test('a record that cannot have been asked here is not parsed', async t => {
  const all = await startAsking(t)
  await isRefused(t, all, manyValues)
  await isRefused(t, all, manyBytes)
  t.same(all.sfn.calls, [])
})

t.test('without a secret it may have any size, but not any number of values', async t => {
  const all = await startAsking(t, {})
  await isRefused(t, all, manyValues)
  all.kinto.store.put(
    all.uri('mine'),
    { ...manyBytes, taskToken: all.sfn.waitCallback().taskToken },
    writers
  )
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
})

t.test('nor does such a record keep a task from the right one', async t => {
  const all = await startAsking(t, {
    SEAL_SECRET: '5ea1'.repeat(16),
    KINTO_AUTHORIZATION: `Basic ${Buffer.from('workflow:secret').toString('base64')}`,
    ACTIVITY_WAIT_SECONDS: '5'
  })
  all.sfn.createActivity()
  all.kinto.store.put(all.uri('large'), { activityArn, ...manyBytes }, writers)
  await all.ask({ id: 'mine', activityArn }, { permissions: writers })
  all.sfn.scheduleActivity({ input: { records: [all.uri('large'), all.uri('mine')] } })
  t.match(await answer(all, all.uri('mine'), { answer: 'SUCCEED' }), { status: 200 })
})

t.test('a question has bounds of its own', async t => {
  const policy = { allowedArns: [], region: 'us-west-2' }
  const read = (data: object) =>
    caught(() =>
      readQuestion(Buffer.from(JSON.stringify({ data: { taskToken: 'T', ...data } })), policy)
    )
  t.match(read({ list: Array.from({ length: 10_000 }, () => 1) }), {
    problem: { status: 400, message: /at most 10000 values/ }
  })
  t.equal(read({ list: Array.from({ length: 9_900 }, () => 1) }), undefined)
  t.match(read({ openFields: Array.from({ length: 101 }, (_none, index) => `f${index}`) }), {
    problem: { details: [{ name: 'openFields' }] }
  })
  t.equal(
    read({ openFields: Array.from({ length: 100 }, (_none, index) => `f${index}`) }),
    undefined
  )
})
