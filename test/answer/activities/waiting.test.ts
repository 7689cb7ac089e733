import t from 'tap'
import { recordUri } from '../../../src/kinto/paths.ts'
import { WaitingRoom } from '../../../src/answer/activities/waiting.ts'

const ref = (record: string) => ({ version: 'v1', bucket: 'b', collection: 'c', record })
const task = (...records: string[]) => ({
  taskToken: 'T',
  activityArn: 'a',
  region: 'us-west-2',
  version: 'v1',
  takenAt: 0,
  named: {
    uris: new Map(records.map(record => [recordUri(ref(record)), ref(record)])),
    ids: new Set<string>(),
    seals: new Set<string>()
  }
})

t.test('a task goes to everybody who waits for the same record', async t => {
  const room = new WaitingRoom()
  const [one, two, other] = [
    room.enter('a', ref('x')),
    room.enter('a', ref('x')),
    room.enter('a', ref('y'))
  ]
  t.ok(room.hand(task('x')))
  t.equal((await one.arrived.promise).taskToken, 'T')
  t.equal((await two.arrived.promise).taskToken, 'T')
  t.same(room.of('a'), [other])
  t.notOk(room.hand(task('x')), 'they wait no more')
})

t.test('a task for several records goes to the first of them that somebody waits for', async t => {
  const room = new WaitingRoom()
  const [first, second] = [room.enter('a', ref('y')), room.enter('a', ref('x'))]
  t.ok(room.hand(task('x', 'y')))
  t.ok(await first.arrived.promise)
  t.same(room.of('a'), [second])
})

t.test('a failure ends the wait at its activity only', async t => {
  const room = new WaitingRoom()
  const [one, other] = [room.enter('a', ref('x')), room.enter('b', ref('x'))]
  room.fail('a', new Error('no'))
  await t.rejects(one.arrived.promise, { message: 'no' })
  t.same(room.of('a'), [])
  t.same(room.of('b'), [other])
  room.leave(other)
  t.same(room.of('b'), [])
})
