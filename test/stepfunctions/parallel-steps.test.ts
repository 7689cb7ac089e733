import t from 'tap'
import { activity, at, scheduled, started, steps } from './history-events.ts'

t.test('parallel steps are told apart by the chain of their events', async t => {
  t.strictSame(
    steps(
      {
        id: 4,
        previousEventId: 2,
        type: 'ActivityScheduled',
        activityScheduledEventDetails: { resource: activity, input: '"a"' }
      },
      {
        id: 5,
        previousEventId: 3,
        type: 'ActivityScheduled',
        activityScheduledEventDetails: { resource: activity, input: '"b"' }
      },
      { id: 6, previousEventId: 4, type: 'ActivityStarted' },
      { id: 7, previousEventId: 5, type: 'ActivityStarted' },
      {
        id: 8,
        previousEventId: 6,
        type: 'ActivitySucceeded',
        activitySucceededEventDetails: { output: '"a"' }
      }
    ),
    [
      { input: '"b"', result: undefined },
      { input: '"a"', result: { kind: 'succeeded', output: '"a"', at } }
    ]
  )
})

t.test(
  'a retry is a step of its own, newest first; what follows a result does not change it',
  async t => {
    t.strictSame(
      steps(
        scheduled,
        started,
        {
          id: 5,
          previousEventId: 4,
          type: 'ActivityFailed',
          activityFailedEventDetails: { error: 'E' }
        },
        {
          id: 6,
          previousEventId: 5,
          type: 'ActivityScheduled',
          activityScheduledEventDetails: { resource: activity, input: '"again"' }
        },
        { id: 7, previousEventId: 3, type: 'TaskStateAborted' }
      ),
      [
        { input: '"again"', result: undefined },
        {
          input: '"in"',
          result: { kind: 'failed', error: 'E', cause: undefined, waited: true, at }
        }
      ]
    )
  }
)
