import t from 'tap'
import { HeldTasks } from '../../../src/answer/activities/unsaved.ts'

t.test('tasks are held until they are released, and listed without their tokens', async t => {
  const held = new HeldTasks()
  const named = {
    uris: new Map([
      ['/buckets/b/collections/c/records/r', { bucket: 'b', collection: 'c', record: 'r' }]
    ]),
    ids: new Set<string>(),
    seals: new Set<string>()
  }
  held.keep({
    taskToken: 'secret-1',
    activityArn: 'a',
    region: 'us-west-2',
    version: 'v1',
    named,
    takenAt: 1_000
  })
  held.keep({
    taskToken: 'secret-2',
    activityArn: 'b',
    region: 'us-west-2',
    version: 'v1',
    named,
    takenAt: 3_000
  })
  t.same(
    held.of('a').map(task => task.taskToken),
    ['secret-1']
  )
  t.same(held.list(61_000), [
    { activityArn: 'a', records: ['/buckets/b/collections/c/records/r'], ageSeconds: 60 },
    { activityArn: 'b', records: ['/buckets/b/collections/c/records/r'], ageSeconds: 58 }
  ])
  t.notMatch(JSON.stringify(held.list()), /secret/)
  t.equal(held.claimedFor('secret-1'), undefined)
  held.claim('secret-1', '/r')
  t.equal(held.claimedFor('secret-1'), '/r')
  held.release('secret-1')
  t.equal(held.claimedFor('secret-1'), undefined)
  t.notOk(held.has('secret-1'))
  t.ok(held.has('secret-2'))
})
