import t from 'tap'
import { HeldTasks } from '../../src/answer/held.ts'

t.test('tasks are held until they are released, and listed without their tokens', async t => {
  const held = new HeldTasks()
  const named = { uris: new Map([['/buckets/b/collections/c/records/r', { bucket: 'b', collection: 'c', record: 'r' }]]), ids: new Set<string>() }
  held.keep({ taskToken: 'secret-1', activityArn: 'a', named, takenAt: 1_000 })
  held.keep({ taskToken: 'secret-2', activityArn: 'b', named, takenAt: 3_000 })
  t.same(held.of('a').map(task => task.taskToken), ['secret-1'])
  t.same(held.list(61_000), [
    { activityArn: 'a', records: ['/buckets/b/collections/c/records/r'], ageSeconds: 60 },
    { activityArn: 'b', records: ['/buckets/b/collections/c/records/r'], ageSeconds: 58 }
  ])
  t.notMatch(JSON.stringify(held.list()), /secret/)
  held.release('secret-1')
  t.notOk(held.has('secret-1'))
  t.ok(held.has('secret-2'))
})
