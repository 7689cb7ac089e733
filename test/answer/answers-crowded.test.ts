import t from 'tap'
import { answer, collection, startAll } from '../helpers/service.ts'

const record = `${collection}/records/r1`

t.test('only so many answers stand in line for one record', async t => {
  // One attempt may take a third of this.
  const all = await startAll(t, { env: { AWS_TIMEOUT_SECONDS: '45' } })
  const both = { write: ['account:alice', 'account:bob'] }
  all.kinto.store.put(record, { taskToken: all.sfn.waitCallback().taskToken }, both)
  const { promise: refused, resolve: goOn } = Promise.withResolvers<void>()
  all.sfn.fault('SendTaskSuccess', { until: refused })
  const waiting = Array.from({ length: 260 }, (_none, index) =>
    answer(all, record, { answer: 'SUCCEED' }, index % 2 === 0 ? 'alice' : 'bob')
  )
  t.match(await Promise.race(waiting), {
    status: 503,
    body: { message: 'Too many answers to this record. Try again in a moment.' }
  })
  goOn()
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

t.test('only so many answers of one person go on, by whatever credentials they come', async t => {
  const all = await startAll(t, { env: { AWS_TIMEOUT_SECONDS: '45' } })
  const [first, second, third] = ['r1', 'r2', 'r3'].map(id => {
    const uri = `${collection}/records/${id}`
    const { taskToken } = all.sfn.waitCallback()
    all.kinto.store.put(uri, { taskToken }, { write: ['account:alice', 'account:bob'] })
    return { uri, taskToken }
  })
  const { promise: refused, resolve: goOn } = Promise.withResolvers<void>()
  const isHeld = ({ input }: { input: Record<string, unknown> }): boolean =>
    input['taskToken'] !== third?.taskToken
  all.sfn.fault('SendTaskSuccess', { until: refused }, isHeld)
  const waiting = [first, second].flatMap((record, index) =>
    Array.from({ length: 130 }, () => {
      const authorization = `Basic ${Buffer.from(`alice:${index}`).toString('base64')}`
      return answer(all, record?.uri ?? '', { answer: 'SUCCEED' }, 'alice', { authorization })
    })
  )
  t.match(await Promise.race(waiting), {
    status: 503,
    body: { message: 'Too many answers of yours. Try again in a moment.' }
  })
  t.match(await answer(all, third?.uri ?? '', { answer: 'SUCCEED' }, 'bob'), { status: 200 })
  goOn()
  await Promise.all(waiting)
})
