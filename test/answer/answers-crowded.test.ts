import t from 'tap'
import { answer, collection, startAll } from '../helpers/service.ts'

const record = `${collection}/records/r1`

t.test('only so many answers stand in line for one record', async t => {
  const all = await startAll(t)
  const both = { write: ['account:alice', 'account:bob'] }
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, both)
  // All others come meanwhile.
  all.sfn.fault('SendTaskSuccess', { delayMs: 2_500 })
  const waiting = Array.from({ length: 260 }, (_none, index) =>
    answer(all, record, { answer: 'SUCCEED' }, index % 2 === 0 ? 'alice' : 'bob')
  )
  t.match(await Promise.race(waiting), {
    status: 503,
    body: { message: 'Too many answers to this record. Try again in a moment.' }
  })
  const statuses = (await Promise.all(waiting)).map(({ status }) => status)
  t.ok(statuses.filter(status => status === 200).length >= 250)
})

t.test('only so many answers of one caller are checked at one time', async t => {
  const all = await startAll(t)
  const both = { write: ['account:alice', 'account:bob'] }
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, both)
  const { promise: held, resolve: goOn } = Promise.withResolvers<void>()
  const end = all.kinto.fault({ method: 'GET', path: `/v1${record}` }, held)
  const waiting = Array.from({ length: 251 }, () => answer(all, record, { answer: 'SUCCEED' }))
  const refused = await Promise.race(waiting)
  t.match(
    { ...refused, headers: Object.fromEntries(refused.headers) },
    { status: 503, body: { errno: 201, message: /Too many/ }, headers: { 'retry-after': '3' } }
  )
  const other = answer(all, record, { answer: 'SUCCEED' }, 'bob')
  end()
  goOn()
  t.equal((await other).status, 200)
  t.equal((await Promise.all(waiting)).filter(({ status }) => status === 200).length, 250)
})
