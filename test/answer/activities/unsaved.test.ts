import t from 'tap'
import { UnsavedTasks } from '../../../src/answer/activities/unsaved.ts'

t.test('tasks are unsaved until they are released, and listed without their tokens', async t => {
  const unsaved = new UnsavedTasks()
  const named = {
    uris: new Map([
      ['/buckets/b/collections/c/records/r', { bucket: 'b', collection: 'c', record: 'r' }]
    ]),
    ids: new Set<string>(),
    seals: new Set<string>()
  }
  unsaved.keep({
    taskToken: 'secret-1',
    activityArn: 'a',
    region: 'us-west-2',
    version: 'v1',
    named,
    takenAt: 1_000
  })
  unsaved.keep({
    taskToken: 'secret-2',
    activityArn: 'b',
    region: 'us-west-2',
    version: 'v1',
    named,
    takenAt: 3_000
  })
  t.same(
    unsaved.of('a').map(task => task.taskToken),
    ['secret-1']
  )
  t.same(unsaved.summaries(61_000), [
    { activityArn: 'a', records: ['/buckets/b/collections/c/records/r'], ageSeconds: 60 },
    { activityArn: 'b', records: ['/buckets/b/collections/c/records/r'], ageSeconds: 58 }
  ])
  t.notMatch(JSON.stringify(unsaved.summaries()), /secret/)
  t.equal(unsaved.claimedFor('secret-1'), undefined)
  unsaved.claim('secret-1', '/r')
  t.equal(unsaved.claimedFor('secret-1'), '/r')
  unsaved.release('secret-1')
  t.equal(unsaved.claimedFor('secret-1'), undefined)
  t.notOk(unsaved.has('secret-1'))
  t.ok(unsaved.has('secret-2'))
})
